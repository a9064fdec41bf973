#include "detect/named_twice.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>

namespace yolofleet::command {

std::string would_both(const NamedPicture& first, const NamedPicture& second) {
  if (first.name == second.name) {
    return fmt::format("{} is named twice ({} and {}); both results would", first.name, first.place,
                       second.place);
  }
  std::error_code ignored;
  if (std::filesystem::equivalent(first.name, second.name, ignored)) {
    return fmt::format("{} ({}) and {} ({}) are the same picture; both results would", first.name,
                       first.place, second.name, second.place);
  }
  return fmt::format("{} and {} would both", first.name, second.name);
}

}  // namespace yolofleet::command
