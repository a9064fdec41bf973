#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <vector>

#include "gpu/lane_fixture.hpp"
#include "yolofleet/image.hpp"

namespace yolofleet::testing {

/// The pictures of the folder YOLOFLEET_GPU_PICTURES, by name, at most `most`; where it isn't set,
/// `most` made-up ones.
inline std::vector<Image> test_pictures(std::size_t most) {
  const char* const folder = std::getenv("YOLOFLEET_GPU_PICTURES");
  if (folder == nullptr) {
    return mixed_pictures(most);
  }
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator{folder}) {
    if (entry.path().extension() == ".jpg") {
      files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  files.resize(std::min(files.size(), most));
  std::vector<Image> pictures;
  for (const std::filesystem::path& file : files) {
    auto picture = Image::load(file);
    if (!picture) {
      throw std::runtime_error(picture.error().message);
    }
    pictures.push_back(*std::move(picture));
  }
  if (pictures.empty()) {
    throw std::runtime_error(std::string{folder} + ": no .jpg in it");
  }
  return pictures;
}

}  // namespace yolofleet::testing
