#pragma once

#include <string>

#include "eval/annotations.hpp"
#include "eval/options.hpp"
#include "yolofleet/error.hpp"

namespace yolofleet::command {

/// The annotated objects and their pictures.
struct Truth {
  std::string file;
  Annotations annotations;
  AnnotatedPictures pictures;
};

/// Reads ANNOTATIONS and looks for their pictures in FOLDER. Errors: those of Annotations::load and
/// find_pictures; kNotFound (pictures are missing), kInvalidArgument (the two are the wrong way
/// round, or an output would overwrite an input).
Result<Truth> read_truth(const EvalArguments& arguments);

}  // namespace yolofleet::command
