#include "output/coco_images.hpp"

#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "input/read.hpp"
#include "output/json_buffer.hpp"
#include "shared/fail.hpp"

namespace yolofleet::command {
namespace fs = std::filesystem;
namespace {

/// The callbacks of the JSON parser. A callback that returns false ends the parsing and leaves an
/// error in `result`.
class ImagesReader final : public nlohmann::json_sax<nlohmann::json> {
 public:
  ImagesReader(std::string file, JsonBuffer& buffer, const OnCocoImage& on_image)
      : file_(std::move(file)), buffer_(buffer), on_image_(on_image) {}

  Result<void> result() const {
    if (!result_ || found_) {
      return result_;
    }
    return fail(ErrorCode::kMalformed,
                R"({}: holds no list of images: {{"images": [{{"file_name", "id"}}, ...]}})",
                file_);
  }

  bool null() override { return other_value(); }
  bool boolean(bool /*value*/) override { return other_value(); }
  bool number_float(double /*value*/, const std::string& /*text*/) override {
    buffer_.let_go();
    return other_value();
  }
  bool binary(nlohmann::json::binary_t& /*value*/) override { return other_value(); }
  bool number_integer(std::int64_t value) override {
    buffer_.let_go();
    if (!other_value()) {
      return false;
    }
    if (in_image() && key_ == "id") {
      id_ = value;
    }
    return true;
  }
  bool number_unsigned(std::uint64_t value) override {
    constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    return value > kMost ? number_float(static_cast<double>(value), {})
                         : number_integer(static_cast<std::int64_t>(value));
  }
  bool string(std::string& value) override {
    buffer_.let_go();
    if (!other_value()) {
      return false;
    }
    if (in_image() && key_ == "file_name") {
      name_ = std::move(value);
    }
    return true;
  }
  bool key(std::string& name) override {
    buffer_.let_go();
    if (depth_ == 1 && list_depth_ == 0) {
      is_list_next_ = name == "images";
    } else if (in_image()) {
      key_ = name == "id" || name == "file_name" ? name : "";
    }
    return true;
  }
  bool start_object(std::size_t /*elements*/) override {
    if (in_list()) {
      name_.reset();
      id_.reset();
    } else if (!other_value()) {
      return false;
    }
    ++depth_;
    return true;
  }
  bool end_object() override {
    --depth_;
    return !in_list() || end_image();
  }
  bool start_array(std::size_t /*elements*/) override {
    const bool is_list = depth_ == 0 || (depth_ == 1 && list_depth_ == 0 && is_list_next_);
    if (!is_list && !other_value()) {
      return false;
    }
    ++depth_;
    if (is_list) {
      found_ = true;
      list_depth_ = depth_;
    }
    return true;
  }
  bool end_array() override {
    --depth_;
    if (depth_ < list_depth_) {
      list_depth_ = 0;
      is_list_next_ = false;
    }
    return true;
  }
  bool parse_error(std::size_t /*position*/, const std::string& /*token*/,
                   const nlohmann::json::exception& error) override {
    result_ = tl::unexpected(unparsable(file_, buffer_, error));
    return false;
  }

 private:
  bool in_list() const noexcept { return list_depth_ > 0 && depth_ == list_depth_; }
  bool in_image() const noexcept { return list_depth_ > 0 && depth_ == list_depth_ + 1; }

  /// Handles every value except the expected ones. If a key occurs twice, its last value counts.
  bool other_value() {
    if (in_list()) {
      return lacking();
    }
    if (in_image() && key_ == "id") {
      id_.reset();
    } else if (in_image() && key_ == "file_name") {
      name_.reset();
    }
    return true;
  }

  bool lacking() {
    result_ = fail(ErrorCode::kMalformed,
                   R"({}: image {} (from 0) lacks a "file_name" (text) or an "id" (whole number))",
                   file_, position_);
    return false;
  }

  bool end_image() {
    if (!name_ || !id_) {
      return lacking();
    }
    if (const auto checked = check_listed_image(position_, *name_); !checked) {
      result_ = fail(checked.error().code, "{}: {}", file_, checked.error().message);
    } else {
      result_ = on_image_(std::move(*name_), *id_);
    }
    ++position_;
    return result_.has_value();
  }

  std::string file_;
  JsonBuffer& buffer_;
  const OnCocoImage& on_image_;
  Result<void> result_;
  bool found_ = false;
  bool is_list_next_ = false;   ///< the last key of the file's object was "images"
  std::size_t depth_ = 0;       ///< objects and arrays that are open
  std::size_t list_depth_ = 0;  ///< inside the list; 0 outside it
  std::size_t position_ = 0;    ///< of the image in the list
  std::string key_;             ///< of the image: "id", "file_name" or another
  std::optional<std::string> name_;
  std::optional<std::int64_t> id_;
};

}  // namespace

Result<void> check_listed_image(std::size_t position, const std::string& name) {
  if (position >= kMaxListedImages) {
    return fail(ErrorCode::kTooLarge, "more than {} images", kMaxListedImages);
  }
  if (name.size() > kMaxPathBytes) {
    return fail(ErrorCode::kTooLarge,
                R"(image {} (from 0) has a "file_name" of {} bytes; at most {} are allowed)",
                position, name.size(), kMaxPathBytes);
  }
  return {};
}

Result<void> read_coco_images(const fs::path& file, const OnCocoImage& on_image) {
  std::error_code ignored;
  std::ifstream stream(file, std::ios::binary);
  if (fs::is_directory(file, ignored)) {
    return fail(ErrorCode::kIo, "{}: is a folder; it must be an annotation file of COCO (JSON)",
                file.string());
  }
  if (!stream) {
    const bool missing = !fs::exists(file, ignored);
    return fail(missing ? ErrorCode::kNotFound : ErrorCode::kIo, "{}: can't be read{}",
                file.string(), missing ? ": no such file" : "");
  }
  JsonBuffer buffer(*stream.rdbuf());
  std::istream bytes(&buffer);
  ImagesReader reader(file.string(), buffer, on_image);
  nlohmann::json::sax_parse(bytes, &reader);
  return reader.result();
}

}  // namespace yolofleet::command
