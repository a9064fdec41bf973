#pragma once

#include <string>
#include <vector>

#include "yolofleet/error.hpp"
#include "yolofleet/model.hpp"

namespace yolofleet::command {

/// The classes of a list such as "person,3": names of the model, or else numbers from 0. Errors:
/// kInvalidArgument (a word that is neither, with the nearest name; an empty list).
Result<std::vector<int>> class_list(const std::string& list, const Model& model);

}  // namespace yolofleet::command
