#pragma once

#include <string>
#include <string_view>

#include "output/output_file.hpp"
#include "output/sink.hpp"

namespace yolofleet::command {

/// The brackets and commas around the items of a JSON list.
struct JsonListText {
  std::string_view begin;    ///< before the first item
  std::string_view between;  ///< between two items
  std::string_view end;      ///< after the last item
  std::string_view empty;    ///< the whole list if it has no item
};

/// A JSON list in a file. It grows item by item on the disk, so it takes the same memory however
/// long it gets.
class JsonList {
 public:
  JsonList(OutputFile file, const JsonListText& text) : file_(std::move(file)), text_(text) {}

  /// One item, or several with `between` between them; not empty. Errors: OutputFile's.
  Result<void> append(std::string_view items);

  /// Ends the list, so that it is JSON however the run ended. As Sink::finish.
  Result<std::string> finish(Ending ending);

 private:
  OutputFile file_;
  JsonListText text_;
};

}  // namespace yolofleet::command
