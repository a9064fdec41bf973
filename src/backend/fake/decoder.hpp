#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "backend/decoder.hpp"
#include "backend/fake/script.hpp"

namespace yolofleet::backend::fake {

/// A decoder without hardware, for tests: it decodes on the CPU, and its pictures are DeviceImages
/// of `device` in the host's memory.
std::unique_ptr<Decoder> make_decoder(std::string device, const DecoderScript& script,
                                      std::int64_t max_pixels);

}  // namespace yolofleet::backend::fake
