#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "darknet/cfg.hpp"
#include "graph/network.hpp"
#include "yolofleet/error.hpp"

namespace yolofleet::darknet::test {

/// Lines 1 to 4 of a cfg: 64 x 64 RGB.
inline constexpr std::string_view kNet = "[net]\nwidth=64\nheight=64\nchannels=3\n";
/// A convolution and the head of one class that it fits: 9 lines.
inline constexpr std::string_view kHead =
    "[convolutional]\nfilters=6\nactivation=linear\n"
    "[yolo]\nmask=0\nanchors=10,20\nclasses=1\nnum=1\n\n";

/// kNet, some sections (from line 5 on), kHead.
std::string cfg_with(std::string_view sections);

/// A cfg's text as a network called "a", from a file called "a.cfg".
struct Import {
  Result<graph::Network> network;
  std::vector<std::string> warnings;
};
Import import(std::string_view text, const LoadOptions& options = {});

/// "code: message"; "accepted" if there is no error.
template <typename T>
std::string refusal(const Result<T>& result) {
  return result ? "accepted"
                : std::string{to_string(result.error().code)} + ": " + result.error().message;
}
std::string refusal_of(std::string_view text, const LoadOptions& options = {});

/// The operation of layer `index` of a cfg that must load.
template <typename Op>
Op layer_of(std::string_view text, std::size_t index = 0) {
  return std::get<Op>(import(text).network.value().layers()[index].operation);
}

/// A folder that goes with this object.
class TemporaryFolder {
 public:
  TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();

  const std::filesystem::path& path() const noexcept { return path_; }
  /// Writes a file and gives its path.
  std::filesystem::path write(std::string_view name, std::string_view content) const;

 private:
  std::filesystem::path path_;
};

/// The bytes of a weights file: a header of that version, then floats.
std::string weights_file(std::uint32_t major, std::uint32_t minor,
                         const std::vector<float>& floats);

}  // namespace yolofleet::darknet::test
