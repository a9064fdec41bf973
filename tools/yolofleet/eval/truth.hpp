#pragma once

#include <string>

#include "eval/annotations.hpp"
#include "eval/options.hpp"
#include "yolofleet/error.hpp"

namespace yolofleet::command {

/// What is to be found, and where.
struct Truth {
  std::string file;
  Annotations annotations;
  AnnotatedPictures pictures;
};

/// Reads ANNOTATIONS and looks for their pictures in FOLDER. Errors: those of Annotations::load and
/// find_pictures; kNotFound (pictures are missing), kInvalidArgument (the two are the wrong way
/// round, or what is to be written would be written over what is read).
Result<Truth> read_truth(const EvalArguments& arguments);

}  // namespace yolofleet::command
