"""schemas.py OPENAPI FOLDER CRDS...: writes JSON schemas for kubeconform.

OPENAPI is Kubernetes' swagger.json, CRDS are YAML files or folders of them. FOLDER receives a file for each kind, named KIND-GROUP-VERSION.json, in which no
object may have a field that it does not know.
"""

import json
import pathlib
import sys

import yaml


def closed(schema):
    """The same schema, refusing unknown fields wherever fields are listed."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    result = {key: closed(value) for key, value in schema.items()}
    if schema.get("x-kubernetes-int-or-string") is True or schema.get("format") == "int-or-string":
        result = {"oneOf": [{"type": "string"}, {"type": "integer"}]}
    elif isinstance(schema.get("properties"), dict) and schema.get("x-kubernetes-preserve-unknown-fields") is not True:
        result.setdefault("additionalProperties", False)
    return result


def write(folder, kind, group, version, schema):
    name = "-".join(part for part in (kind, group.split(".")[0], version) if part).lower()
    (folder / f"{name}.json").write_text(json.dumps(schema))


def references(schema):
    if isinstance(schema, list):
        return {name for item in schema for name in references(item)}
    if not isinstance(schema, dict):
        return set()
    own = {schema["$ref"].removeprefix("#/definitions/")} if isinstance(schema.get("$ref"), str) else set()
    return own | references(list(schema.values()))


def kubernetes(openapi, folder):
    definitions = json.loads(openapi.read_text())["definitions"]
    # A quantity is written as a number or a string; the document only knows the string.
    definitions["io.k8s.apimachinery.pkg.api.resource.Quantity"] = {"type": ["string", "number"]}
    shared = {name: closed(schema) for name, schema in definitions.items()}
    for name, schema in definitions.items():
        needed, new = {name}, {name}
        while new:
            new = references([shared[each] for each in new]) - needed
            needed |= new
        whole = {"$ref": f"#/definitions/{name}", "definitions": {each: shared[each] for each in needed}}
        for kind in schema.get("x-kubernetes-group-version-kind", []):
            if name.endswith("." + kind["kind"]) and not name.endswith(("List", "Options", "WatchEvent")):
                write(folder, kind["kind"], kind["group"], kind["version"], whole)


def custom(file, folder):
    for crd in yaml.safe_load_all(file.read_text()):
        if not crd or crd.get("kind") != "CustomResourceDefinition":
            continue
        for version in crd["spec"]["versions"]:
            schema = closed(version["schema"]["openAPIV3Schema"])
            for field in ("apiVersion", "kind"):
                schema["properties"].setdefault(field, {"type": "string"})
            schema["properties"]["metadata"] = {"type": "object"}
            write(folder, crd["spec"]["names"]["kind"], crd["spec"]["group"], version["name"], schema)


def main(openapi, folder, *crds):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    kubernetes(pathlib.Path(openapi), folder)
    for path in map(pathlib.Path, crds):
        for file in sorted(path.glob("*.yaml")) if path.is_dir() else [path]:
            custom(file, folder)


main(*sys.argv[1:])
