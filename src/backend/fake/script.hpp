#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "yolofleet/error.hpp"

namespace yolofleet::backend::fake {

/// How the decoder of a fake device behaves.
struct DecoderScript {
  std::size_t batch = 0;               ///< files at once; 0: the device has no decoder
  std::size_t threads = 1;             ///< Decoder::threads
  std::chrono::milliseconds delay{0};  ///< of each batch
  std::size_t blocks = 1000;           ///< pictures that its memory has room for
  std::size_t largest = std::numeric_limits<std::size_t>::max();  ///< bytes of a file that it takes
  std::uint64_t spoils = 0;  ///< it can't decode every spoils-th file; 0: it decodes all
  /// Batches that succeed; the next one fails with a kDevice error.
  std::uint64_t fail_after = std::numeric_limits<std::uint64_t>::max();
};

/// How a fake device behaves.
struct Script {
  std::string id = "fake:0";
  std::string kind;         ///< Device::engine_kind
  std::string unavailable;  ///< Device::unavailable
  std::string open_error;   ///< not empty: opening fails with this kDevice error
  std::size_t slots = 2;
  std::size_t batch = 4;
  bool decodes = true;          ///< its lane takes encoded files, too
  bool device_images = false;   ///< its lane takes DeviceImages, too
  bool decodes_videos = false;  ///< as it says; no decoder takes its context
  DecoderScript decoder{};      ///< its keys: "decoder_batch" and so on
  std::string decoder_error;    ///< not empty: making the decoder fails with this kDevice error
  bool wrong = false;           ///< it finds a box that the others don't find
  std::chrono::milliseconds delay{0};  ///< of each batch
  std::size_t pixel_memory = 0;        ///< Device::pixel_memory_bytes
  std::uint64_t found = 1;             ///< boxes in a picture
  /// The candidates of a picture, one for each box, that it has room for.
  std::uint64_t room = std::numeric_limits<std::uint64_t>::max();
  /// Batches that succeed; all later ones fail with a kDevice error.
  std::uint64_t fail_after = std::numeric_limits<std::uint64_t>::max();
  /// Batches that it answers; later ones stay in the lane until that is destroyed.
  std::uint64_t hang_after = std::numeric_limits<std::uint64_t>::max();
};

/// The scripts in a text: devices with ';' between them, each an id and any number of KEY=VALUE
/// with blanks between them, KEY a member of Script ("delay" in milliseconds, bool as 0 or 1; '_'
/// in a text stands for a blank): "fake:0 delay=5; fake:1 batch=2 open_error=no_memory".
/// Errors: kInvalidArgument (a key or a value that isn't known).
Result<std::vector<Script>> parse_scripts(std::string_view text);

}  // namespace yolofleet::backend::fake
