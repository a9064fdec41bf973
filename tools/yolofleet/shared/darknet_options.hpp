#pragma once

#include <span>
#include <string>
#include <string_view>

namespace yolofleet::command {

/// An option of Darknet's `detector` or `detect`, and what takes its place here.
struct DarknetOption {
  std::string_view name;  ///< without the dash
  bool takes_value = false;
  std::string_view ours;     ///< the option here, with its value's name; empty: there is none
  std::string_view in_eval;  ///< the same with `eval`; empty: no other
  std::string_view note;     ///< what else does the same, or why the option can be left out
};

/// All of them: Darknet, src/detector.c and src/darknet.c, and those of its older versions.
std::span<const DarknetOption> darknet_options();

/// Null if Darknet has no option of this name (without the dash, in any case).
const DarknetOption* find_darknet_option(std::string_view name);

}  // namespace yolofleet::command
