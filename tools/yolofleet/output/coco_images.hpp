#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "yolofleet/error.hpp"

namespace yolofleet::command {

/// The most images that a JSON file may list.
inline constexpr std::size_t kMaxListedImages = std::size_t{1} << 22U;

/// Whether a list may have one more image with this "file_name"; `position`: from 0. Errors,
/// without the file's name: kTooLarge (over kMaxListedImages or kMaxPathBytes).
Result<void> check_listed_image(std::size_t position, const std::string& name);

/// Takes the next image; its error ends the reading.
using OnCocoImage = std::function<Result<void>(std::string&& name, std::int64_t id)>;

/// Reads {"images": [{"file_name", "id"}, ...], ...} as COCO's annotations are, or such a list
/// alone; everything else in the file is skipped. The file isn't held in memory.
/// Errors, each naming the file: kNotFound, kIo, kTooLarge (over kMaxListedImages,
/// kMaxJsonValueBytes or, a name, kMaxPathBytes), kMalformed (not JSON, no such list, a name or an
/// id is missing), and on_image's.
Result<void> read_coco_images(const std::filesystem::path& file, const OnCocoImage& on_image);

}  // namespace yolofleet::command
