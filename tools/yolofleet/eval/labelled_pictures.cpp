#include "eval/labelled_pictures.hpp"

#include <algorithm>
#include <optional>
#include <system_error>
#include <utility>

#include "input/lines.hpp"
#include "input/read.hpp"
#include "output/coco_images.hpp"
#include "shared/fail.hpp"
#include "shared/text.hpp"
#include "yolofleet/data_file.hpp"

namespace yolofleet::command {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kNamed = 5;  ///< in a message

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

Result<void> check_count(const std::string& source, std::size_t pictures) {
  if (pictures > kMaxListedImages) {
    return fail(ErrorCode::kTooLarge, "{}: more than {} pictures", source, kMaxListedImages);
  }
  return {};
}

/// The pictures of a list of a .data file, each under the path where it is found.
Result<std::vector<Entry>> pictures_of_list(const DataFile& data, const fs::path& list) {
  auto lines = open_lines(list.string(), -1);
  if (!lines) {
    return tl::unexpected(std::move(lines).error());
  }
  std::vector<Entry> entries;
  while (const auto line = (*lines)->next()) {
    fs::path path = data.locate(*line).value_or(*line);
    if (fs::path below = list.parent_path() / *line; !is_there(path) && is_there(below)) {
      path = std::move(below);
    }
    entries.push_back({path.string(), path.filename(), std::nullopt, false});
    if (auto good = check_count(list.string(), entries.size()); !good) {
      return tl::unexpected(std::move(good).error());
    }
  }
  if (entries.empty()) {
    return fail(ErrorCode::kInvalidArgument, "{}: the list names no picture", list.string());
  }
  return entries;
}

/// The pictures of an argument such as those of detect.
Result<std::vector<Entry>> pictures_of_argument(const std::string& argument) {
  if (is_standard_input(argument)) {
    return fail(ErrorCode::kInvalidArgument,
                "-: a picture on standard input has no label file; name pictures, or a list with "
                "@-");
  }
  auto inputs = Inputs::open({argument});
  if (!inputs) {
    return tl::unexpected(std::move(inputs).error());
  }
  std::vector<Entry> entries;
  while (auto entry = inputs->next()) {
    entries.push_back(*std::move(entry));
    if (auto good = check_count(argument, entries.size()); !good) {
      return tl::unexpected(std::move(good).error());
    }
  }
  if (auto empty = inputs->first_empty()) {
    return fail(ErrorCode::kInvalidArgument, "{}", *empty);
  }
  return entries;
}

/// The pictures to evaluate, before a label file is read.
struct Sources {
  std::vector<Entry> pictures;
  std::vector<Entry> difficult;  ///< as many, or none
};

Result<Sources> sources_of_data(const EvalArguments& arguments, LabelledPictures& into) {
  const auto data = DataFile::load(arguments.model.data);
  if (!data) {
    return tl::unexpected(data.error());
  }
  const auto valid = data->file_of("valid");
  if (!valid) {
    return tl::unexpected(valid.error());
  }
  into.source = valid->string();
  into.further_read.push_back(*valid);
  auto pictures = pictures_of_list(*data, *valid);
  if (!pictures) {
    return tl::unexpected(std::move(pictures).error());
  }
  if (data->find("difficult") == nullptr) {
    return Sources{*std::move(pictures), {}};
  }
  const auto list = data->file_of("difficult");
  if (!list) {
    return tl::unexpected(list.error());
  }
  into.further_read.push_back(*list);
  auto difficult = pictures_of_list(*data, *list);
  if (!difficult) {
    return tl::unexpected(std::move(difficult).error());
  }
  if (difficult->size() != pictures->size()) {
    return fail(ErrorCode::kMismatch,
                "{}: {}, but {} lists {}: the two need a line for each picture, in the same order",
                list->string(), count_of(difficult->size(), "picture"), valid->string(),
                pictures->size());
  }
  return Sources{*std::move(pictures), *std::move(difficult)};
}

Result<Sources> sources_of(const EvalArguments& arguments, LabelledPictures& into) {
  if (arguments.positional.empty()) {
    return sources_of_data(arguments, into);
  }
  into.source = arguments.positional.front();
  if (is_list(into.source)) {
    into.further_read.emplace_back(into.source.substr(1));
  }
  return pictures_of_argument(into.source).map([](std::vector<Entry>&& pictures) {
    return Sources{std::move(pictures), {}};
  });
}

std::string impossible_objects(const Labels& labels) {
  const std::size_t others = labels.impossible - 1;
  return fmt::format(
      "{}: no object can be there: x and y are 0 to 1, width and height over 0 to 1, as parts of "
      "the picture; it counts as it is, as in Darknet{}",
      labels.first_impossible,
      others == 0 ? ""
                  : fmt::format(", and so {} {} in this file", others == 1 ? "does" : "do",
                                count_of(others, "more object")));
}

/// Warnings of all label files together.
void add_warnings(LabelledPictures& pictures) {
  std::vector<std::string>& warnings = pictures.warnings;
  if (pictures.unread > kNamed) {
    warnings.push_back(fmt::format("{} aren't read to their end, either",
                                   count_of(pictures.unread - kNamed, "more label file")));
  }
  if (pictures.impossible > kNamed) {
    warnings.push_back(
        fmt::format("{} more of the label files have objects that can't be in a picture",
                    pictures.impossible - kNamed));
  }
  if (pictures.unlabelled == pictures.entries.size()) {
    const std::string& first = pictures.entries.front().name;
    warnings.push_back(fmt::format(
        "none of the {} has a label file, so there is nothing to find; that of {} would be {}",
        count_of(pictures.entries.size(), "picture"), shortened(first),
        shortened(label_files(first).front().string())));
  }
}

/// Reads the label file of a picture, adds its boxes and gives the file; an empty path and no boxes
/// if there is none.
Result<fs::path> add_labels(const Entry& picture, BoxLists& boxes, LabelledPictures& into) {
  const auto labels = read_labels(file_of(picture));
  if (!labels) {
    return tl::unexpected(labels.error());
  }
  if (!*labels) {
    boxes.add({});
    return fs::path();
  }
  boxes.add((*labels)->boxes);
  if (boxes.boxes() > kMaxObjects) {
    return fail(ErrorCode::kTooLarge, "{}: more than {} objects", into.source, kMaxObjects);
  }
  if (!(*labels)->unread.empty() && ++into.unread <= kNamed) {
    into.warnings.push_back((*labels)->unread);
  }
  if ((*labels)->impossible > 0 && ++into.impossible <= kNamed) {
    into.warnings.push_back(impossible_objects(**labels));
  }
  return (*labels)->file;
}

Result<void> add_picture(const Entry& picture, const Entry* difficult, LabelledPictures& into) {
  if (!picture.error && !is_there(file_of(picture))) {
    into.missing.push_back(shortened(picture.name));
    return {};
  }
  const auto file = add_labels(picture, into.objects, into);
  if (!file) {
    return tl::unexpected(file.error());
  }
  into.unlabelled += file->empty() ? 1U : 0U;
  into.label_files.push_back(*file);
  into.entries.push_back(picture);
  if (difficult != nullptr) {
    return add_labels(*difficult, into.difficult, into).map([&into](fs::path&& labels) {
      into.further_read.push_back(std::move(labels));
    });
  }
  return {};
}

Result<void> check_missing(const EvalArguments& arguments, const LabelledPictures& pictures) {
  const std::vector<std::string>& missing = pictures.missing;
  if (missing.empty() || (arguments.allow_missing && !pictures.entries.empty())) {
    return {};
  }
  const std::size_t named = std::min(missing.size(), kNamed);
  const std::string names =
      fmt::format("{}{}", fmt::join(missing.data(), missing.data() + named, ", "),
                  missing.size() > named ? " ..." : "");
  if (pictures.entries.empty()) {
    return fail(ErrorCode::kNotFound, "{}: none of its {} exists: {}", pictures.source,
                count_of(missing.size(), "picture"), names);
  }
  return fail(ErrorCode::kNotFound,
              "{}: {} of its {} don't exist: {}; --allow-missing evaluates the others",
              pictures.source, missing.size(),
              count_of(missing.size() + pictures.entries.size(), "picture"), names);
}

}  // namespace

void BoxLists::add(std::span<const LabelledBox> boxes) {
  boxes_.insert(boxes_.end(), boxes.begin(), boxes.end());
  ends_.push_back(boxes_.size());
}

std::span<const LabelledBox> BoxLists::operator[](std::size_t place) const {
  const std::size_t begin = place == 0 ? 0 : ends_[place - 1];
  return std::span(boxes_).subspan(begin, ends_[place] - begin);
}

Result<LabelledPictures> read_labelled_pictures(const EvalArguments& arguments) {
  LabelledPictures pictures;
  const auto sources = sources_of(arguments, pictures);
  if (!sources) {
    return tl::unexpected(sources.error());
  }
  for (std::size_t i = 0; i < sources->pictures.size(); ++i) {
    const Entry* const difficult = sources->difficult.empty() ? nullptr : &sources->difficult[i];
    if (auto added = add_picture(sources->pictures[i], difficult, pictures); !added) {
      return tl::unexpected(std::move(added).error());
    }
  }
  if (auto there = check_missing(arguments, pictures); !there) {
    return tl::unexpected(std::move(there).error());
  }
  add_warnings(pictures);
  return pictures;
}

std::string unknown_classes(const LabelledPictures& pictures, int classes) {
  std::size_t count = 0;
  std::string first;
  for (std::size_t i = 0; i < pictures.objects.size(); ++i) {
    for (const LabelledBox& box : pictures.objects[i]) {
      if (box.class_id >= 0 && box.class_id < classes) {
        continue;
      }
      if (++count == 1) {
        first = fmt::format("{}:{}: class {}", pictures.label_files[i].string(), box.line,
                            box.class_id);
      }
    }
  }
  return count == 0
             ? ""
             : fmt::format(
                   "{}: the model's classes are 0 to {}; {} of other classes {} as "
                   "not found",
                   first, classes - 1, count_of(count, "object"), count == 1 ? "counts" : "count");
}

}  // namespace yolofleet::command
