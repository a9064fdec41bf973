#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "yolofleet/error.hpp"

namespace yolofleet::command {

/// The error for a name that can't be a picture's, though it was given as one: a list of pictures,
/// a video, a camera, an address, or a file in which macOS keeps attributes (AppleDouble). Nothing
/// for any other name, whether there is such a file or not. Reads at most the beginning of a
/// regular file that has no picture's ending. The error is kUnsupported.
std::optional<Error> why_no_picture(const std::string& name);

/// Whether the name begins like "rtsp://" and no file has it.
bool is_address(const std::string& name);

/// Whether a file's name begins with "._" and its bytes are AppleDouble's: not a picture, but the
/// attributes of the file without "._".
bool is_apple_double(const std::filesystem::path& file);

/// Whether the name ends like a video's (".mp4").
bool has_video_ending(const std::filesystem::path& file);

/// Whether the name ends like a video's, and its file, if there is one, doesn't begin like a
/// picture. Files of Motion JPEG (".mjpg", ".mjpeg") do.
bool is_video_file(const std::filesystem::path& file);

}  // namespace yolofleet::command
