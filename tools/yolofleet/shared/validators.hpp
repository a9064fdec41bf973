#pragma once

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cstdint>
#include <string>
#include <vector>

namespace yolofleet::command {

/// A number from `least` to `most`, else "'TEXT' isn't ALLOWED"; CLI::Range lets NaN pass.
CLI::Validator from_to(double least, double most, const std::string& allowed);

/// A whole number from `least` to `most`, written in digits only.
CLI::Validator whole_from_to(std::int64_t least, std::int64_t most);

/// A port to listen on; 0: any free one.
CLI::Validator port_to_serve();

/// The word "auto", or a whole number from `least` to `most`.
CLI::Validator auto_or_from_to(int least, int most);

/// A list, separated by commas, of values that `each` allows; no value twice.
CLI::Validator list_of(const CLI::Validator& each);

/// Like CLI::IsMember, but the help doesn't list the values: the option's description does.
CLI::Validator one_of(std::vector<std::string> allowed);

/// Any non-empty text; the error for an empty one is "names no WHAT".
CLI::Validator names_a(const std::string& what);

}  // namespace yolofleet::command
