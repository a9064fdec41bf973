#include <spng.h>

#include <cstdlib>
#include <memory>
#include <new>
#include <utility>

#include "base/fail.hpp"
#include "image/codecs.hpp"
#include "image/exif.hpp"
#include "image/orient.hpp"

namespace yolofleet::image {
namespace {

/// Limits for data other than pixels (colour profile, text): the number of chunks, the bytes of one
/// chunk, and the bytes of all kept chunks.
constexpr int kMaxChunks = 1000;  // libspng's own default
constexpr std::size_t kMaxChunkBytes = std::size_t{16} << 20;
constexpr std::size_t kMaxKeptBytes = std::size_t{32} << 20;

/// zlib's compression level: most of the gain of the default level (6), in a third of its time.
constexpr int kLevel = 3;

struct Free {
  void operator()(spng_ctx* context) const noexcept { spng_ctx_free(context); }
  void operator()(void* memory) const noexcept { std::free(memory); }
};
using Context = std::unique_ptr<spng_ctx, Free>;

Context make_context(int flags) {
  Context context{spng_ctx_new(flags)};
  if (!context) {
    throw std::bad_alloc();
  }
  return context;
}

tl::unexpected<Error> failure(int status) {
  switch (status) {
    case SPNG_EMEM:
      throw std::bad_alloc();
    case SPNG_EOF:
    case SPNG_IO_EOF:
    case SPNG_EIDAT_TOO_SHORT:
      return base::fail(ErrorCode::kMalformed, "PNG is truncated: {}", spng_strerror(status));
    case SPNG_ECHUNK_LIMITS:
      return base::fail(
          ErrorCode::kTooLarge,
          "PNG holds too much data besides the pixels: at most {} chunks of {} bytes each "
          "and {} bytes in all are kept",
          kMaxChunks, kMaxChunkBytes, kMaxKeptBytes);
    default:
      return base::fail(ErrorCode::kMalformed, "PNG is corrupt: {}", spng_strerror(status));
  }
}

int orientation_of(spng_ctx* context) {
  spng_exif exif{};
  if (spng_get_exif(context, &exif) != 0) {
    return 1;
  }
  return exif_orientation({reinterpret_cast<const std::byte*>(exif.data), exif.length});
}

/// Copies a row with its bytes in the order red, green, blue.
void swap_red_and_blue(const std::uint8_t* from, std::uint8_t* to, int pixels) {
  for (int x = 0; x < pixels; ++x, from += 3, to += 3) {
    to[0] = from[2];
    to[1] = from[1];
    to[2] = from[0];
  }
}

int write_rows(spng_ctx* context, const ImageView& image) {
  const std::size_t width = row_bytes(image);
  const bool swap = image.format == PixelFormat::kBgr;
  std::vector<std::uint8_t> swapped(swap ? width : 0);
  int status = spng_encode_image(context, nullptr, 0, SPNG_FMT_PNG,
                                 SPNG_ENCODE_PROGRESSIVE | SPNG_ENCODE_FINALIZE);
  for (int y = 0; y < image.height && status == 0; ++y) {
    const std::uint8_t* row = image.data + (static_cast<std::size_t>(y) * image.stride);
    if (swap) {
      swap_red_and_blue(row, swapped.data(), image.width);
      row = swapped.data();
    }
    status = spng_encode_row(context, row, width);
  }
  return status == SPNG_EOI ? 0 : status;
}

}  // namespace

Result<Image> decode_png(Bytes file, const DecodeLimits& limits) {
  const Context context = make_context(0);
  spng_set_chunk_limits(context.get(), kMaxChunkBytes, kMaxKeptBytes);
  spng_set_png_buffer(context.get(), file.data(), file.size());
  spng_ihdr header{};
  const int found = spng_get_ihdr(context.get(), &header);
  if (found == SPNG_EOVERFLOW) {  // too large for libspng; the size is always here
    header.width = big32(file, 16);
    header.height = big32(file, 20);
  } else if (found != 0) {
    return failure(found);
  }
  if (auto size = check_size("PNG", header.width, header.height, limits); !size) {
    return tl::unexpected(std::move(size).error());
  }
  // Reads all chunks before the pixels, so that an error in them is found before memory is
  // allocated.
  std::size_t bytes = 0;
  int status = spng_decode_chunks(context.get());
  if (status == 0) {
    status = spng_decoded_image_size(context.get(), SPNG_FMT_RGB8, &bytes);
  }
  if (status != 0) {
    return failure(status);
  }
  Image image(static_cast<int>(header.width), static_cast<int>(header.height), PixelFormat::kRgb,
              limits.memory);
  // Without SPNG_DECODE_TRNS and _GAMMA: transparency is dropped, and values are as stored.
  status = spng_decode_image(context.get(), image.pixels().data(), bytes, SPNG_FMT_RGB8, 0);
  if (status == 0) {
    status = spng_decode_chunks(context.get());  // those after the pixels: EXIF may be there
  }
  if (status != 0) {
    return failure(status);
  }
  return orient(std::move(image), orientation_of(context.get()), limits.memory);
}

Result<std::vector<std::byte>> encode_png(const ImageView& image) {
  const Context context = make_context(SPNG_CTX_ENCODER);
  spng_ihdr header{};
  header.width = static_cast<std::uint32_t>(image.width);
  header.height = static_cast<std::uint32_t>(image.height);
  header.bit_depth = 8;
  header.color_type = static_cast<std::uint8_t>(
      image.format == PixelFormat::kGrey ? SPNG_COLOR_TYPE_GRAYSCALE : SPNG_COLOR_TYPE_TRUECOLOR);
  spng_set_option(context.get(), SPNG_ENCODE_TO_BUFFER, 1);
  spng_set_option(context.get(), SPNG_IMG_COMPRESSION_LEVEL, kLevel);
  int status = spng_set_ihdr(context.get(), &header);
  if (status == 0) {
    status = write_rows(context.get(), image);
  }
  std::size_t size = 0;
  const std::unique_ptr<void, Free> encoded{
      status == 0 ? spng_get_png_buffer(context.get(), &size, &status) : nullptr};
  if (status == SPNG_EMEM) {
    throw std::bad_alloc();
  }
  if (!encoded) {
    return base::fail(ErrorCode::kUnsupported, "a picture of {} x {} pixels as PNG: {}",
                      image.width, image.height, spng_strerror(status));
  }
  const auto* first = static_cast<const std::byte*>(encoded.get());
  return std::vector<std::byte>(first, first + size);
}

}  // namespace yolofleet::image
