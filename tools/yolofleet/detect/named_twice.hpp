#pragma once

#include <string>

namespace yolofleet::command {

/// A picture, and where it was named (Inputs::place).
struct NamedPicture {
  std::string name;
  std::string place;
  bool video = false;  ///< a video, a stream or a camera
};

/// Whether both name one picture, by one name or by two.
bool same_picture(const NamedPicture& first, const NamedPicture& second);

/// "A and B would both" for two pictures whose results can't be kept apart. If they are the same
/// picture, the text says so, and names both places.
std::string would_both(const NamedPicture& first, const NamedPicture& second);

}  // namespace yolofleet::command
