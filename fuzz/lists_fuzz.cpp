// Any bytes as a list that the command reads; the first one says which: pictures (@FILE), COCO's
// images, COCO's categories, COCO's annotations, a label file, or a pattern of paths.
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "eval/annotations.hpp"
#include "eval/labels.hpp"
#include "input/glob.hpp"
#include "input/source.hpp"
#include "output/coco_ids.hpp"
#include "shared/text.hpp"
#include "support.hpp"

namespace yolofleet::fuzz {
namespace {

constexpr std::size_t kLongestMessage = 400;

const MemoryFile& file_of(Bytes bytes) {
  static const MemoryFile file;
  file.hold(bytes);
  return file;
}

void must_be_inside(const std::filesystem::path& relative) {
  must(relative.is_relative());
  for (const auto& part : relative) {
    must(part != "..");
  }
}

void read_pictures(Bytes bytes) {
  auto inputs = command::Inputs::open({"@" + file_of(bytes).path().string()});
  if (!inputs) {
    must_be_well_said(inputs.error().message, kLongestMessage);
    return;
  }
  std::size_t count = 0;
  while (const auto entry = inputs->next()) {
    must(!entry->name.empty());
    must_be_inside(entry->relative);
    must_be_well_said(command::printable(entry->name), entry->name.size() * 3);
    must(!command::json_string(entry->name).empty());
    ++count;
  }
  must(inputs->first_empty().has_value() == (count == 0));
  inputs->rewind();
  must(inputs->next().has_value() == (count > 0));
}

void read_images(Bytes bytes) {
  const auto ids = command::ImageIds::load(file_of(bytes).path());
  if (!ids) {
    must_be_well_said(ids.error().message, kLongestMessage);
    return;
  }
  static_cast<void>(ids->id({"a/1.jpg", "1.jpg", std::nullopt, false}, 0));
}

void read_categories(Bytes bytes) {
  for (const std::size_t classes : {1U, 3U}) {
    const auto ids = command::CategoryIds::load(file_of(bytes).path(), classes);
    if (ids) {
      static_cast<void>((*ids)[static_cast<int>(classes) - 1]);
    } else {
      must_be_well_said(ids.error().message, kLongestMessage);
    }
  }
}

void read_annotations(Bytes bytes) {
  const auto annotations = command::Annotations::load(file_of(bytes).path());
  if (!annotations) {
    must_be_well_said(annotations.error().message, kLongestMessage);
    return;
  }
  must(!annotations->images.empty());
  for (const command::AnnotatedImage& image : annotations->images) {
    must_be_inside(image.file_name);
  }
  const auto pictures = command::find_pictures(*annotations, "/proc/self/fdinfo");
  must(pictures.has_value());
  must(pictures->entries.size() == pictures->ids.size());
  must(pictures->entries.size() + pictures->missing.size() == annotations->images.size());
}

void read_labels(Bytes bytes) {
  const auto labels = command::parse_labels(text_of(bytes), "a.txt");
  if (!labels) {
    must_be_well_said(labels.error().message, kLongestMessage);
    return;
  }
  if (!labels->unread.empty()) {
    must_be_well_said(labels->unread, kLongestMessage);
  }
  int line = 0;
  for (const command::LabelledBox& box : labels->boxes) {
    must(box.line > line);
    line = box.line;
  }
}

void match(Bytes bytes) {
  const std::string pattern{text_of(bytes)};
  if (pattern.empty() || pattern.find('\0') != std::string::npos) {
    return;  // no argument of a command
  }
  const command::Glob glob{pattern};
  must(!glob.root().empty());
  for (const char* const path :
       {"a.jpg", "a/b/c/d/e/f/g/h.jpg", ".a/b", "aaaaaaaaaaaaaaaaaaaaaab"}) {
    static_cast<void>(glob.matches(path));
    static_cast<void>(glob.may_match_below(path));
  }
}

}  // namespace
}  // namespace yolofleet::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace fuzz = yolofleet::fuzz;
  if (size == 0) {
    return 0;
  }
  const fuzz::Bytes bytes{data + 1, size - 1};
  switch (data[0]) {
    case 'p':
      fuzz::read_pictures(bytes);
      break;
    case 'i':
      fuzz::read_images(bytes);
      break;
    case 'c':
      fuzz::read_categories(bytes);
      break;
    case 'a':
      fuzz::read_annotations(bytes);
      break;
    case 'l':
      fuzz::read_labels(bytes);
      break;
    default:
      fuzz::match(bytes);
  }
  return 0;
}
