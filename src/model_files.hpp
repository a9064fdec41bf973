#pragma once

#include <filesystem>

#include "yolofleet/error.hpp"
#include "yolofleet/model.hpp"

namespace yolofleet {

/// The files of a model's folder, as Model::load describes it; `names` is empty if there are none.
/// Errors: kNotFound, kIo, kMismatch (several of a kind).
Result<ModelFiles> model_files_of(const std::filesystem::path& folder);

}  // namespace yolofleet
