#include "CRapidJSON.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

#include <rapidjson/allocators.h>
#include <rapidjson/error/en.h>
#include <rapidjson/reader.h>

// RapidJSON's own document (document.h of 1.1.0) assigns to a constant, which compilers of today refuse; its reader is used
// alone, and the values are put together here.
struct json_node {
  json_kind kind;
  // Bytes of a string, elements of an array, members of an object.
  uint32_t count;
  union {
    int64_t integer;
    double real;
    const char *text;
    // Those of an array; of an object each key and its value in turn.
    const json_node *nodes;
  };
};

namespace {

// Whoever walks through a document goes one call deeper with each level.
constexpr size_t deepest = 1024;

// Its own numbers of full precision are wrong below the smallest of all doubles.
constexpr unsigned flags = rapidjson::kParseInsituFlag | rapidjson::kParseNumbersAsStringsFlag |
                           rapidjson::kParseValidateEncodingFlag;

// A live message takes less than four times its text for its nodes.
size_t chunk_size(size_t count) { return std::min(std::max(count * 4, size_t(1) << 10), size_t(1) << 20); }

// Takes the reader's values: those of an array or object wait on a stack until its end is there.
class Builder : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, Builder> {
 public:
  explicit Builder(rapidjson::MemoryPoolAllocator<> &memory) : memory(memory) { waiting.reserve(64); }

  const json_node &root() const { return waiting.front(); }

  // Why it has taken no more.
  const char *reason = "More than 1,024 arrays and objects within each other.";

  bool Null() {
    push(json_null);
    return true;
  }
  bool Bool(bool value) {
    push(value ? json_true : json_false);
    return true;
  }
  // A whole number of up to 64 bits, or whatever is nearest to the number.
  bool RawNumber(const char *text, rapidjson::SizeType count, bool) {
    json_node number{json_integer, 0, {}};
    auto whole = std::from_chars(text, text + count, number.integer);
    if (whole.ec != std::errc() || whole.ptr != text + count) {
      number.kind = json_real;
      number.real = 0;
      if (std::from_chars(text, text + count, number.real).ec == std::errc::result_out_of_range) {
        // Rounds to zero, or is beyond every double. What follows the number in the text ends it.
        number.real = std::strtod(text, nullptr);
        if (std::isinf(number.real)) {
          reason = "A number beyond every double.";
          return false;
        }
      }
    }
    waiting.push_back(number);
    return true;
  }
  // Strings stay where they stand in the text.
  bool String(const char *text, rapidjson::SizeType count, bool) {
    push(json_string, count).text = text;
    return true;
  }
  bool Key(const char *text, rapidjson::SizeType count, bool copy) { return String(text, count, copy); }
  bool StartObject() { return ++depth <= deepest; }
  bool EndObject(rapidjson::SizeType count) { return close(json_object, count, size_t(count) * 2); }
  bool StartArray() { return ++depth <= deepest; }
  bool EndArray(rapidjson::SizeType count) { return close(json_array, count, count); }

 private:
  json_node &push(json_kind kind, uint32_t count = 0) {
    waiting.push_back({kind, count, {}});
    return waiting.back();
  }

  bool close(json_kind kind, uint32_t count, size_t nodes) {
    depth--;
    auto *kept = static_cast<json_node *>(memory.Malloc(nodes * sizeof(json_node)));
    if (nodes > 0) std::memcpy(kept, &waiting[waiting.size() - nodes], nodes * sizeof(json_node));
    waiting.resize(waiting.size() - nodes);
    push(kind, count).nodes = kept;
    return true;
  }

  rapidjson::MemoryPoolAllocator<> &memory;
  std::vector<json_node> waiting;
  size_t depth = 0;
};

}  // namespace

struct json_document {
  std::unique_ptr<char[]> text;
  rapidjson::MemoryPoolAllocator<> memory;
  json_node root;

  explicit json_document(size_t count) : text(new char[count + 1]), memory(chunk_size(count)), root() {}

  // Reads the text, which ends with a zero, or says why it is none.
  bool read(json_failure *failure) {
    rapidjson::InsituStringStream stream(text.get());
    rapidjson::Reader reader;
    Builder builder(memory);
    auto result = reader.Parse<flags>(stream, builder);
    if (!result.IsError()) {
      root = builder.root();
      return true;
    }
    bool isOurs = result.Code() == rapidjson::kParseErrorTermination;
    *failure = {result.Offset(), isOurs ? builder.reason : rapidjson::GetParseError_En(result.Code())};
    return false;
  }
};

json_document *json_document_read(const char *text, size_t count, json_failure *failure) {
  if (count > INT32_MAX) {
    *failure = {0, "More than 2 GiB of text."};
    return nullptr;
  }
  // The end of the text is a zero, so that there may be none before.
  if (const void *zero = count > 0 ? std::memchr(text, 0, count) : nullptr) {
    *failure = {size_t(static_cast<const char *>(zero) - text), "A zero byte."};
    return nullptr;
  }
  auto document = std::make_unique<json_document>(count);
  if (count > 0) std::memcpy(document->text.get(), text, count);
  document->text[count] = 0;
  return document->read(failure) ? document.release() : nullptr;
}

void json_document_free(json_document *document) { delete document; }

const json_node *json_document_root(const json_document *document) { return &document->root; }

json_kind json_node_kind(const json_node *node) { return node->kind; }

int64_t json_node_integer(const json_node *node) { return node->integer; }

double json_node_number(const json_node *node) {
  return node->kind == json_integer ? double(node->integer) : node->real;
}

json_text json_node_text(const json_node *node) { return {node->text, node->count}; }

size_t json_node_count(const json_node *node) { return node->count; }

const json_node *json_node_element(const json_node *array, size_t index) { return &array->nodes[index]; }

const json_node *json_node_member(const json_node *object, size_t index, json_text *key) {
  *key = json_node_text(&object->nodes[index * 2]);
  return &object->nodes[index * 2 + 1];
}

const json_node *json_node_find(const json_node *object, const char *key, size_t count) {
  for (size_t index = object->count; index-- > 0;) {
    const json_node &name = object->nodes[index * 2];
    if (name.count == count && (count == 0 || std::memcmp(name.text, key, count) == 0)) return &object->nodes[index * 2 + 1];
  }
  return nullptr;
}
