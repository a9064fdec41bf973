#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace yolofleet::darknet::test {

/// The cells of a table's row, trimmed.
using Row = std::vector<std::string>;

/// The rows of docs/layers.md by the heading ("## ...") that they stand under, without headings of
/// tables. Throws std::runtime_error.
std::map<std::string, std::vector<Row>> layers_document();

/// The text of docs/models.md.
std::string models_document();

/// The words in backticks: "`a`, `b`" gives a and b.
std::vector<std::string> code_in(std::string_view text);
/// The words in brackets: "[a], [b]" gives a and b.
std::vector<std::string> sections_in(std::string_view text);
/// The parts between commas, trimmed.
std::vector<std::string> parts_of(std::string_view text);

}  // namespace yolofleet::darknet::test
