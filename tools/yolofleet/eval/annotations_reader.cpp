#include "eval/annotations_reader.hpp"

#include <array>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <system_error>
#include <utility>

#include "output/json_buffer.hpp"
#include "shared/fail.hpp"

namespace yolofleet::command {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMaxDepth = 200;  // somewhat less than Python's JSON reader allows
constexpr std::size_t kSides = 4;

// Depths of values: the number of objects and lists that enclose them.
constexpr std::size_t kOfFile = 1;
constexpr std::size_t kOfList = 2;
constexpr std::size_t kOfEntry = 3;
constexpr std::size_t kOfBox = 4;

struct List {
  const char* key;
  const char* entry;
};
constexpr std::array<List, 3> kLists{
    {{"images", "image"}, {"categories", "category"}, {"annotations", "annotation"}}};

/// The callbacks of the JSON parser. A callback that returns false ends the parsing and leaves an
/// error in `result`.
class Reader final : public nlohmann::json_sax<nlohmann::json> {
 public:
  Reader(std::string file, JsonBuffer& buffer, const OnCocoEntry& on_entry)
      : file_(std::move(file)), buffer_(buffer), on_entry_(on_entry) {}

  Result<void> result() {
    for (std::size_t list = 0; result_ && list < kLists.size(); ++list) {
      if (!found_[list]) {
        no_list(list);
      }
    }
    return result_;
  }

  bool null() override { return value({true, false, {}, {}}); }
  bool boolean(bool /*value*/) override { return null(); }
  bool binary(nlohmann::json::binary_t& /*value*/) override { return null(); }
  bool number_integer(std::int64_t number) override {
    buffer_.let_go();
    return value({true, true, number, {}});
  }
  bool number_unsigned(std::uint64_t number) override {
    constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    return number > kMost ? number_float(0, {}) : number_integer(static_cast<std::int64_t>(number));
  }
  bool number_float(double /*number*/, const std::string& /*text*/) override {
    buffer_.let_go();
    return value({true, true, {}, {}});
  }
  bool string(std::string& text) override {
    buffer_.let_go();
    return value({true, false, {}, std::move(text)});
  }

  bool key(std::string& name) override {
    buffer_.let_go();
    if (depth_ == kOfFile) {
      list_.reset();
      for (std::size_t list = 0; list < kLists.size(); ++list) {
        if (name == kLists[list].key) {
          list_ = list;
        }
      }
    } else if (in_list(kOfEntry)) {
      is_box_ = name == "bbox";
      field_ = field_of(name);
      if (is_box_) {
        entry_.has_box = false;
      }
    }
    return true;
  }

  bool start_object(std::size_t /*elements*/) override {
    if (in_list(kOfList)) {
      entry_ = {};
      return deeper();
    }
    return (depth_ == 0 || null()) && deeper();
  }
  bool end_object() override {
    --depth_;
    if (!in_list(kOfList)) {
      return true;
    }
    result_ = on_entry_(static_cast<CocoList>(*list_), position_++, std::move(entry_));
    if (!result_) {
      result_ = fail(result_.error().code, "{}: {}", file_, result_.error().message);
    }
    return result_.has_value();
  }
  bool start_array(std::size_t /*elements*/) override {
    if (depth_ == 0) {
      return no_list(0);
    }
    if (in_list(kOfFile)) {
      return start_list() && deeper();
    }
    if (in_list(kOfEntry) && is_box_) {
      sides_ = 0;
      are_numbers_ = true;
      return deeper();
    }
    return null() && deeper();
  }
  bool end_array() override {
    --depth_;
    if (in_list(kOfEntry) && is_box_) {
      entry_.has_box = are_numbers_ && sides_ == kSides;
    }
    return true;
  }

  bool parse_error(std::size_t /*position*/, const std::string& /*token*/,
                   const nlohmann::json::exception& error) override {
    result_ = tl::unexpected(unparsable(file_, buffer_, error));
    return false;
  }

 private:
  bool in_list(std::size_t depth) const noexcept { return list_ && depth_ == depth; }

  CocoValue* field_of(const std::string& name) {
    const std::array<std::pair<const char*, CocoValue*>, 7> fields{
        {{"id", &entry_.id},
         {"file_name", &entry_.file_name},
         {"name", &entry_.name},
         {"image_id", &entry_.image_id},
         {"category_id", &entry_.category_id},
         {"area", &entry_.area},
         {"iscrowd", &entry_.iscrowd}}};
    for (const auto& [key, field] : fields) {
      if (name == key) {
        return field;
      }
    }
    return nullptr;
  }

  /// Handles every value except an expected list or object.
  bool value(CocoValue value) {
    if (depth_ == 0) {
      return no_list(0);
    }
    if (in_list(kOfFile)) {
      return no_list(*list_);
    }
    if (in_list(kOfList)) {
      result_ = fail(ErrorCode::kMalformed, "{}: {} {} (from 0) is no object", file_,
                     kLists[*list_].entry, position_);
      return false;
    }
    if (in_list(kOfEntry) && field_ != nullptr) {
      *field_ = std::move(value);
    } else if (in_list(kOfBox) && is_box_) {
      are_numbers_ &= value.is_number;
      ++sides_;
    }
    return true;
  }

  bool start_list() {
    position_ = 0;
    if (std::exchange(found_[*list_], true)) {
      result_ =
          fail(ErrorCode::kMalformed, R"({}: holds two lists of "{}")", file_, kLists[*list_].key);
    }
    return result_.has_value();
  }

  bool no_list(std::size_t list) {
    result_ = fail(ErrorCode::kMalformed, R"({}: isn't COCO annotations: holds no list of "{}")",
                   file_, kLists[list].key);
    return false;
  }

  bool deeper() {
    if (++depth_ > kMaxDepth) {
      result_ = fail(ErrorCode::kTooLarge, "{}: more than {} lists and objects inside each other",
                     file_, kMaxDepth);
    }
    return result_.has_value();
  }

  std::string file_;
  JsonBuffer& buffer_;
  const OnCocoEntry& on_entry_;
  Result<void> result_;
  std::array<bool, kLists.size()> found_{};
  std::optional<std::size_t> list_;  ///< the list whose key came last in the file's object
  std::size_t depth_ = 0;            ///< objects and lists that are open
  std::size_t position_ = 0;         ///< of the entry in its list
  CocoEntry entry_;
  CocoValue* field_ = nullptr;  ///< of the entry, for its last key; null: that key isn't used
  bool is_box_ = false;         ///< the entry's last key was "bbox"
  std::size_t sides_ = 0;
  bool are_numbers_ = false;
};

}  // namespace

Result<void> read_coco_annotations(const fs::path& file, const OnCocoEntry& on_entry) {
  std::error_code ignored;
  const fs::file_status status = fs::status(file, ignored);
  if (!fs::exists(status)) {
    return fail(ErrorCode::kNotFound, "{}: can't be read: no such file", file.string());
  }
  if (!fs::is_regular_file(status)) {  // opening a pipe may block for ever
    return fail(ErrorCode::kInvalidArgument,
                "{}: can't be read: annotations are a regular file, as Python reads it again",
                file.string());
  }
  std::ifstream stream(file, std::ios::binary);
  if (!stream) {
    return fail(ErrorCode::kIo, "{}: can't be read", file.string());
  }
  JsonBuffer buffer(*stream.rdbuf());
  std::istream bytes(&buffer);
  Reader reader(file.string(), buffer, on_entry);
  nlohmann::json::sax_parse(bytes, &reader);
  return reader.result();
}

}  // namespace yolofleet::command
