-- The conditions are those of kstatus: Stalled needs the user, Reconciling goes on by itself, and what they say counts only for the generation observed.
local function find(conditions, type)
  for _, condition in ipairs(conditions or {}) do
    if condition.type == type and condition.status == "True" then
      return condition
    end
  end
  return nil
end

local function health(status, message)
  return { status = status, message = message }
end

if obj.metadata.deletionTimestamp ~= nil then
  return health("Progressing", "Being deleted")
end
if obj.status == nil or obj.status.observedGeneration ~= obj.metadata.generation then
  return health("Progressing", "The operator has not looked at this generation yet")
end

local stalled = find(obj.status.conditions, "Stalled")
if stalled ~= nil then
  return health("Degraded", stalled.message)
end
local reconciling = find(obj.status.conditions, "Reconciling")
if reconciling ~= nil then
  return health("Progressing", reconciling.message)
end
local ready = find(obj.status.conditions, "Ready")
if ready ~= nil then
  return health("Healthy", ready.message)
end
return health("Progressing", "Not ready yet")
