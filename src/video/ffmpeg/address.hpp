#pragma once

#include <string>

#include "yolofleet/error.hpp"

namespace yolofleet::video::ffmpeg {

/// How to read a source, as its name tells.
struct Address {
  enum class Kind {
    kFile,    ///< a regular file
    kCamera,  ///< a device of Video4Linux
    kBytes,   ///< a stream of bytes: tcp, udp, srt
    kServer,  ///< a protocol with a format of its own, or a server that may name more addresses
  };
  Kind kind = Kind::kFile;
  std::string url;        ///< for FFmpeg
  std::string protocols;  ///< those that FFmpeg may use, separated by commas
  std::string shown;      ///< for messages: without user and password
  std::string scheme;     ///< "rtsp"; empty for files and cameras
};

/// Errors: kNotFound (no such file or camera), kUnsupported (another protocol; no such port;
/// neither a regular file nor a camera), kMalformed (an empty file), kIo (it can't be read).
Result<Address> parse_address(const std::string& source);

}  // namespace yolofleet::video::ffmpeg
