package io.hostfirewall.agent.policyfile;

import io.fabric8.kubernetes.api.model.LabelSelector;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * The fields that a mapping may have.
 *
 * @param place of the mapping in the object; empty for the object itself
 * @param fields their types by their names
 */
record Shape(String place, SequencedMap<String, Type> fields) {

  Shape {
    fields = Collections.unmodifiableSequencedMap(fields);
  }

  static Shape of(String place, Class<?> type) {
    var fields = new LinkedHashMap<String, Type>();
    for (var component : components(type)) {
      fields.put(component.getName(), component.getGenericType());
    }
    return new Shape(place, fields);
  }

  List<String> names() {
    return List.copyOf(fields.keySet());
  }

  /** The fields whose values, or entries, have a field of that name. */
  List<String> having(String name) {
    var having = new ArrayList<String>();
    fields.forEach(
        (field, type) -> {
          var inner = record(type);
          if (inner != null && of("", inner).fields.containsKey(name)) {
            having.add(field);
          }
        });
    return having;
  }

  private static @Nullable Class<?> record(Type type) {
    if (type instanceof ParameterizedType generic) {
      return generic.getRawType() == Map.class ? null : record(generic.getActualTypeArguments()[0]);
    }
    return type == LabelSelector.class || (type instanceof Class<?> plain && plain.isRecord())
        ? (Class<?>) type
        : null;
  }

  private static RecordComponent[] components(Class<?> type) {
    return type == LabelSelector.class
        ? Selector.class.getRecordComponents()
        : type.getRecordComponents();
  }
}
