// Any bytes as a names file, for as many classes as it has lines, and for one.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "darknet/names.hpp"
#include "shared/text.hpp"
#include "support.hpp"

namespace yolofleet::fuzz {
namespace {

void parse(Bytes bytes, int classes) {
  constexpr std::size_t kLongestMessage = 200;
  const auto names = darknet::parse_names(text_of(bytes), "a.names", classes);
  if (!names) {
    must_be_well_said(names.error().message, kLongestMessage);
    return;
  }
  must(names->size() == static_cast<std::size_t>(classes));
  for (const std::string& name : *names) {
    must(!name.empty() && name.find('\n') == std::string::npos);
    const std::string shown = command::printable(name);
    must(command::printable(shown) == shown);
    must(command::display_width(shown) <= 2 * shown.size());
    must(command::json_string(name).size() >= name.size() + 2);
  }
}

}  // namespace
}  // namespace yolofleet::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace fuzz = yolofleet::fuzz;
  const bool open_end = size > 0 && data[size - 1] != '\n';
  const auto lines = std::count(data, data + size, '\n') + (open_end ? 1 : 0);
  fuzz::parse({data, size}, static_cast<int>(lines));
  fuzz::parse({data, size}, 1);
  return 0;
}
