#pragma once

#include <filesystem>
#include <string>

#include "input/source.hpp"

namespace yolofleet::command {

/// Whether `detect` reads a video, a stream or a camera of this name: an address that streams have
/// ("rtsp://..."; "http://..." unless it ends like a picture), "/dev/videoN", or a name that ends
/// like a video's and is_video_file.
bool names_a_video(const std::string& name);

/// Whether an address begins like one of a stream: "rtsp://", "udp://".
bool has_stream_scheme(const std::string& address);

/// The beginnings that `has_stream_scheme` knows, with commas.
std::string stream_schemes();

/// Whether the name is that of a camera or an address, which is opened by a thread of its own.
bool is_stream_name(const std::string& name);

/// The name for outputs and messages: an address without user and password.
std::string shown_video_name(const std::string& name);

/// A file name for the outputs of a camera or an address: "10.0.0.1_554_s" for
/// "rtsp://10.0.0.1:554/s", "video0" for "/dev/video0".
std::filesystem::path stream_file_name(const std::string& name);

/// The entry of a video; `relative` as Entry::relative.
Entry video_entry(const std::string& name, std::filesystem::path relative);

}  // namespace yolofleet::command
