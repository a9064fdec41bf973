#include "validators.hpp"

#include <CLI/Validators.hpp>
#include <charconv>
#include <system_error>
#include <utility>

namespace yolofleet::command {

CLI::Validator from_to(double least, double most, const std::string& allowed) {
  return CLI::Validator(
      [least, most, allowed](const std::string& text) {
        double value = 0;
        const char* const end = text.data() + text.size();
        const auto [rest, error] = std::from_chars(text.data(), end, value);
        const bool good = error == std::errc() && rest == end && value >= least && value <= most;
        return good ? std::string() : "'" + text + "' isn't " + allowed;
      },
      "");
}

CLI::Validator one_of(std::vector<std::string> allowed) {
  return CLI::IsMember(std::move(allowed)).description("");
}

}  // namespace yolofleet::command
