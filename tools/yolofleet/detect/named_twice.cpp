#include "detect/named_twice.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>

namespace yolofleet::command {

bool same_picture(const NamedPicture& first, const NamedPicture& second) {
  std::error_code ignored;
  return first.name == second.name || std::filesystem::equivalent(first.name, second.name, ignored);
}

std::string would_both(const NamedPicture& first, const NamedPicture& second) {
  if (first.name == second.name) {
    return fmt::format("{} is named twice ({} and {}); both results would", first.name, first.place,
                       second.place);
  }
  if (same_picture(first, second)) {
    return fmt::format("{} ({}) and {} ({}) are the same {}; both results would", first.name,
                       first.place, second.name, second.place, first.video ? "video" : "picture");
  }
  return fmt::format("{} and {} would both", first.name, second.name);
}

}  // namespace yolofleet::command
