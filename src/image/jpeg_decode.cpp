#include <algorithm>
#include <array>
#include <utility>
#include <variant>
#include <vector>

#include "base/fail.hpp"
#include "image/codecs.hpp"
#include "image/jpeg_raw.hpp"
#include "image/jpeg_session.hpp"
#include "image/orient.hpp"

namespace yolofleet::image {
namespace {

bool is_cmyk(const jpeg_decompress_struct& info) {
  return info.jpeg_color_space == JCS_CMYK || info.jpeg_color_space == JCS_YCCK;
}

/// Converts CMYK to RGB: each channel is the product of the light that its colour's ink and the
/// black ink let through. Adobe's programs, which write the Adobe marker, store this light; others
/// store the amount of ink. `light`: the file stores the light.
void cmyk_to_rgb(const std::uint8_t* from, std::uint8_t* to, int pixels, bool light) {
  const unsigned flip = light ? 0U : 255U;
  for (int x = 0; x < pixels; ++x, from += 4, to += 3) {
    const unsigned black = from[3] ^ flip;
    for (int c = 0; c < 3; ++c) {
      to[c] = static_cast<std::uint8_t>((((from[c] ^ flip) * black) + 127) / 255);
    }
  }
}

void read_rgb(JpegSession& session, std::uint8_t* pixels, std::size_t stride) {
  jpeg_decompress_struct& info = session.info;
  while (info.output_scanline < info.output_height) {
    std::array<JSAMPROW, 16> rows{};
    const auto count = std::min<JDIMENSION>(info.output_height - info.output_scanline, rows.size());
    for (JDIMENSION i = 0; i < count; ++i) {
      rows[i] = pixels + ((info.output_scanline + i) * stride);
    }
    jpeg_read_scanlines(&info, rows.data(), count);
  }
}

void read_cmyk(JpegSession& session, std::uint8_t* pixels, std::size_t stride,
               std::uint8_t* scratch) {
  jpeg_decompress_struct& info = session.info;
  while (info.output_scanline < info.output_height) {
    std::uint8_t* to = pixels + (info.output_scanline * stride);
    std::array<JSAMPROW, 1> row{scratch};
    jpeg_read_scanlines(&info, row.data(), 1);
    cmyk_to_rgb(scratch, to, static_cast<int>(info.output_width), info.saw_Adobe_marker != 0);
  }
}

/// Reads RGB as it is stored. Empty if libjpeg failed. Precondition: jpeg_start_decompress has not
/// been called.
Image read_image(JpegSession& session, const std::shared_ptr<PixelMemory>& memory) {
  jpeg_decompress_struct& info = session.info;
  info.out_color_space = is_cmyk(info) ? JCS_CMYK : JCS_RGB;
  // libjpeg reads a file of several scans to its end here, before memory for the pixels is
  // allocated.
  if (!run(session, [&] { jpeg_start_decompress(&info); })) {
    return {};
  }
  Image image(static_cast<int>(info.output_width), static_cast<int>(info.output_height),
              PixelFormat::kRgb, memory);
  std::uint8_t* const pixels = image.pixels().data();
  std::vector<std::uint8_t> scratch(is_cmyk(info) ? std::size_t{4} * info.output_width : 0);
  const bool read = run(session, [&] {
    if (scratch.empty()) {
      read_rgb(session, pixels, image.stride());
    } else {
      read_cmyk(session, pixels, image.stride(), scratch.data());
    }
  });
  return read ? std::move(image) : Image{};
}

/// Reads the pixels that are wanted, as they are stored. False if libjpeg failed.
bool read_pixels(JpegSession& session, bool planes, const DecodeLimits& limits, Decoded& decoded) {
  if (planes) {
    decoded.pixels = read_planes(session, limits.memory);
  } else {
    decoded.pixels = read_image(session, limits.memory);
  }
  return std::visit([](const auto& pixels) { return !pixels.empty(); }, decoded.pixels);
}

void turn(Decoded& decoded, int orientation, const std::shared_ptr<PixelMemory>& memory) {
  if (auto* const planes = std::get_if<Planes>(&decoded.pixels)) {
    planes->set_orientation(orientation);
  } else {
    auto& image = std::get<Image>(decoded.pixels);
    image = orient(std::move(image), orientation, memory);
  }
}

}  // namespace

Result<Decoded> decode_jpeg(Bytes file, const DecodeLimits& limits, Wanted wanted,
                            const ChooseDivisor& divisor) {
  JpegSession session;
  jpeg_decompress_struct& info = session.info;
  if (!run(session, [&] { open(session, file); })) {
    return failure(session);
  }
  if (auto size = check_size("JPEG", info.image_width, info.image_height, limits); !size) {
    return tl::unexpected(std::move(size).error());
  }
  const bool in_planes = stored_subsampling(info).has_value();
  if (wanted == Wanted::kPlanes && !in_planes) {
    return base::fail(
        ErrorCode::kUnsupported,
        "JPEG isn't stored in planes: YCbCr of 4:4:4, 4:2:2, 4:2:0 or 4:4:0, or grey");
  }
  Decoded decoded;
  decoded.width = static_cast<int>(info.image_width);
  decoded.height = static_cast<int>(info.image_height);
  const int orientation = std::max(session.orientation, 1);
  if (orientation >= 5) {
    std::swap(decoded.width, decoded.height);
  }
  info.dct_method = JDCT_ISLOW;
  info.scale_num = 1;
  info.scale_denom = divisor ? static_cast<unsigned>(divisor(decoded.width, decoded.height)) : 1U;
  if (!read_pixels(session, in_planes && wanted != Wanted::kRgb, limits, decoded)) {
    return failure(session);
  }
  if (auto checked = check_scans(session); !checked) {
    return tl::unexpected(std::move(checked).error());
  }
  turn(decoded, orientation, limits.memory);
  return decoded;
}

}  // namespace yolofleet::image
