#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A JSON text that was read, with everything in it.
typedef struct json_document json_document;

/// A value of a document, which is there as long as the document is.
typedef struct json_node json_node;

/// What a value is. Whole numbers that fit into 64 bits are integers, all others are reals.
typedef enum __attribute__((enum_extensibility(closed))) json_kind {
  json_null,
  json_false,
  json_true,
  json_integer,
  json_real,
  json_string,
  json_array,
  json_object,
} json_kind;

/// Where and why a text is not JSON.
typedef struct json_failure {
  /// Bytes of the text before the place that does not fit.
  size_t offset;
  /// What is wrong there; is there as long as the program.
  const char *reason;
} json_failure;

/// Bytes of UTF-8, not ended by a zero.
typedef struct json_text {
  const char *start;
  size_t count;
} json_text;

/// Reads a text, or returns NULL and says why in `failure`.
json_document *json_document_read(const char *text, size_t count, json_failure *failure);

/// Gives a document's memory back.
void json_document_free(json_document *document);

/// The value that the text is.
const json_node *json_document_root(const json_document *document);

json_kind json_node_kind(const json_node *node);

/// The number of an integer.
int64_t json_node_integer(const json_node *node);

/// The number of an integer or a real.
double json_node_number(const json_node *node);

/// The text of a string.
json_text json_node_text(const json_node *node);

/// How many elements an array has, or how many members an object.
size_t json_node_count(const json_node *node);

/// An element of an array.
const json_node *json_node_element(const json_node *array, size_t index);

/// The value of a member of an object, and its key.
const json_node *json_node_member(const json_node *object, size_t index, json_text *key);

/// The value of a key, the last where an object has it more than once; NULL where it has not.
const json_node *json_node_find(const json_node *object, const char *key, size_t count);

#ifdef __cplusplus
}
#endif
