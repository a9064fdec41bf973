// Any bytes as a .data file.
#include <cstddef>
#include <cstdint>
#include <string>

#include "darknet/data_text.hpp"
#include "graph/limits.hpp"
#include "support.hpp"

namespace yolofleet::fuzz {
namespace {

constexpr std::size_t kLongestMessage = 400;

void parse(Bytes bytes) {
  namespace limits = graph::limits;
  const auto data = darknet::parse_data(text_of(bytes), "a.data");
  if (!data) {
    must_be_well_said(data.error().message, kLongestMessage);
    return;
  }
  must(!data->entries.empty() && data->entries.size() <= limits::kMaxOptions);
  must(!data->classes || (*data->classes >= 1 && *data->classes <= limits::kMaxClasses));
  must(data->warnings.size() <= limits::kMaxWarnings + 1);
  for (const std::string& warning : data->warnings) {
    must_be_well_said(warning, kLongestMessage);
  }
  for (const DataEntry& entry : data->entries) {
    must(!entry.key.empty() && !entry.value.empty() && entry.line >= 1);
    must(data->find(entry.key) == &entry);
    must(entry.value.find_first_of("\n\0") == std::string::npos);
  }
}

}  // namespace
}  // namespace yolofleet::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  yolofleet::fuzz::parse({data, size});
  return 0;
}
