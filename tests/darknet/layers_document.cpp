#include "darknet/layers_document.hpp"

#include <algorithm>
#include <cstddef>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>

namespace yolofleet::darknet::test {
namespace {

std::string read(const char* name) {
  std::ifstream stream(std::string{YOLOFLEET_SOURCE_DIR} + "/" + name);
  if (!stream) {
    throw std::runtime_error(std::string{name} + " can't be read");
  }
  return {std::istreambuf_iterator<char>{stream}, {}};
}

std::string trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(' ');
  const std::size_t last = text.find_last_not_of(' ');
  return first == std::string_view::npos ? "" : std::string{text.substr(first, last - first + 1)};
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  while (begin <= text.size()) {
    const std::size_t end = std::min(text.find(separator, begin), text.size());
    parts.push_back(trimmed(text.substr(begin, end - begin)));
    begin = end + 1;
  }
  return parts;
}

std::vector<std::string> between(std::string_view text, char open, char close) {
  std::vector<std::string> found;
  for (std::size_t begin = text.find(open); begin != std::string_view::npos;
       begin = text.find(open, begin)) {
    const std::size_t end = text.find(close, begin + 1);
    if (end == std::string_view::npos) {
      break;
    }
    found.emplace_back(text.substr(begin + 1, end - begin - 1));
    begin = end + 1;
  }
  return found;
}

}  // namespace

std::map<std::string, std::vector<Row>> layers_document() {
  std::istringstream lines{read("docs/layers.md")};
  std::map<std::string, std::vector<Row>> tables;
  std::string heading;
  int row = 0;  // of the table; the first two are its heading and a line
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("## ")) {
      heading = line.substr(3);
      tables[heading];
    }
    row = line.starts_with("|") ? row + 1 : 0;
    if (row > 2) {
      const auto cells = split(line, '|');
      tables[heading].emplace_back(cells.begin() + 1, cells.end() - 1);
    }
  }
  return tables;
}

std::string models_document() {
  return read("docs/models.md");
}

std::vector<std::string> code_in(std::string_view text) {
  return between(text, '`', '`');
}

std::vector<std::string> sections_in(std::string_view text) {
  return between(text, '[', ']');
}

std::vector<std::string> parts_of(std::string_view text) {
  return split(text, ',');
}

}  // namespace yolofleet::darknet::test
