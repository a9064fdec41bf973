#include "eval/labels.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <system_error>
#include <utility>

#include "input/read.hpp"
#include "shared/fail.hpp"
#include "shared/text.hpp"

namespace yolofleet::command {
namespace fs = std::filesystem;
namespace {

using Folders = std::pair<std::string_view, std::string_view>;
// In Darknet's order. Of each, the first occurrence is replaced.
constexpr std::array<Folders, 5> kFolders{{{"/images/train2017/", "/labels/train2017/"},
                                           {"/images/val2017/", "/labels/val2017/"},
                                           {"/JPEGImages/", "/labels/"},
                                           {"/images/train2014/", "/labels/train2014/"},
                                           {"/images/val2014/", "/labels/val2014/"}}};

fs::path with_label_ending(std::string path) {
  return fs::path(std::move(path)).replace_extension(".txt");
}

/// Reads numbers as fscanf does with %d and %f.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  int line() const noexcept { return line_; }
  bool at_end() const noexcept { return text_.empty(); }
  bool at_blank() const noexcept {
    return !text_.empty() && kBlanks.find(text_.front()) != std::string_view::npos;
  }
  std::string_view rest_of_line() const { return text_.substr(0, text_.find_first_of("\r\n")); }

  void skip_blanks() {
    while (at_blank()) {
      line_ += text_.front() == '\n' ? 1 : 0;
      text_.remove_prefix(1);
    }
  }
  void skip_blanks_in_line() {
    while (at_blank() && text_.front() != '\n') {
      text_.remove_prefix(1);
    }
  }

  /// Nothing, and stays where it is, if no number begins here.
  template <typename Number>
  std::optional<Number> read() {
    const std::size_t plus = text_.starts_with('+') ? 1 : 0;
    Number number{};
    const char* const end = text_.data() + text_.size();
    const auto [rest, error] = std::from_chars(text_.data() + plus, end, number);
    if (error != std::errc()) {
      return std::nullopt;
    }
    text_.remove_prefix(static_cast<std::size_t>(rest - text_.data()));
    return number;
  }

 private:
  static constexpr std::string_view kBlanks = " \t\n\v\f\r";
  std::string_view text_;
  int line_ = 1;
};

class LabelReader {
 public:
  LabelReader(std::string_view text, const fs::path& file) : text_(text), scanner_(text) {
    labels_.file = file;
  }

  Result<Labels> read() {
    for (scanner_.skip_blanks(); !scanner_.at_end(); scanner_.skip_blanks()) {
      const auto box = next_box();
      if (!box) {
        return tl::unexpected(box.error());
      }
      if (!*box) {
        break;
      }
      labels_.boxes.push_back(**box);
    }
    return std::move(labels_);
  }

 private:
  /// Nothing where Darknet stops reading.
  Result<std::optional<LabelledBox>> next_box() {
    constexpr std::size_t kNumbers = 4;
    const int line = scanner_.line();
    const auto class_id = scanner_.read<int>();
    if (!class_id) {
      return stop("isn't the number of a class");
    }
    std::array<float, kNumbers> numbers{};
    bool as_it_looks = true;
    for (float& number : numbers) {
      as_it_looks &= scanner_.at_blank();
      scanner_.skip_blanks();
      as_it_looks &= scanner_.line() == line;
      const auto value = scanner_.read<double>();
      if (!value) {
        return stop(scanner_.at_end() ? "the file ends within an object" : "isn't a number");
      }
      number = static_cast<float>(*value);
    }
    if (!as_it_looks || !ends_line()) {
      return fail(ErrorCode::kMalformed,
                  "{}:{}: {}: isn't a whole number and four numbers (class x y width height), and "
                  "Darknet would misread it",
                  labels_.file.string(), line, shortened(line_text(line)));
    }
    return LabelledBox{*class_id, line, numbers[0], numbers[1], numbers[2], numbers[3]};
  }

  /// Whether nothing follows that Darknet would read as the next object's class.
  bool ends_line() {
    const int line = scanner_.line();
    scanner_.skip_blanks_in_line();
    Scanner ahead = scanner_;
    ahead.skip_blanks();
    return ahead.at_end() || ahead.line() != line || !ahead.read<int>();
  }

  std::string_view line_text(int number) const {
    std::string_view rest = text_;
    for (int line = 1; line < number; ++line) {
      rest.remove_prefix(rest.find('\n') + 1);
    }
    return rest.substr(0, rest.find_first_of("\r\n"));
  }

  std::optional<LabelledBox> stop(std::string_view why) {
    const std::string rest = shortened(scanner_.rest_of_line());
    labels_.unread =
        fmt::format("{}:{}: {}{}{}: like Darknet, yolofleet reads no further",
                    labels_.file.string(), scanner_.line(), rest, rest.empty() ? "" : ": ", why);
    return std::nullopt;
  }

  std::string_view text_;
  Scanner scanner_;
  Labels labels_;
};

}  // namespace

std::vector<fs::path> label_files(const fs::path& picture) {
  std::string darknet = picture.string();
  for (const auto& [images, labels] : kFolders) {
    if (const std::size_t place = darknet.find(images); place != std::string::npos) {
      darknet.replace(place, images.size(), labels);
    }
  }
  std::vector<fs::path> files{with_label_ending(std::move(darknet))};
  constexpr std::string_view kImages = "/images/";
  std::string plain{"/"};  // so that a leading "images/" counts, too
  plain.append(picture.string());
  if (const std::size_t place = plain.rfind(kImages); place != std::string::npos) {
    plain.replace(place, kImages.size(), "/labels/");
    fs::path file = with_label_ending(plain.substr(1));
    if (file != files.front()) {
      files.push_back(std::move(file));
    }
  }
  return files;
}

Result<Labels> parse_labels(std::string_view text, const fs::path& file) {
  return LabelReader(text, file).read();
}

Result<std::optional<Labels>> read_labels(const fs::path& picture) {
  for (const fs::path& file : label_files(picture)) {
    const auto bytes = read_file(file, -1, kMaxLabelBytes);
    if (!bytes && bytes.error().code == ErrorCode::kNotFound) {
      continue;
    }
    if (!bytes) {
      return tl::unexpected(bytes.error());
    }
    return parse_labels({reinterpret_cast<const char*>(bytes->data()), bytes->size()}, file)
        .map([](Labels&& labels) { return std::optional(std::move(labels)); });
  }
  return std::nullopt;
}

}  // namespace yolofleet::command
