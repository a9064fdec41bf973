#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "output/sink.hpp"

namespace yolofleet::command {

/// Widths of the table's columns that depend on their content, in terminal columns.
struct TableWidths {
  std::size_t image = 0;
  std::size_t label = 0;
};

/// Widths that fit these names, up to a limit: a longer name pushes the rest of its line to the
/// right.
TableWidths table_widths(std::size_t longest_image, std::span<const std::string> names);

std::string table_header(const TableWidths& widths);

/// A line for each detection, or one line: that there is none, or why the picture failed. The
/// image's name stands on the first line only; boxes are rounded to whole pixels.
std::string table_rows(const Outcome& outcome, std::span<const std::string> names,
                       const TableWidths& widths);

}  // namespace yolofleet::command
