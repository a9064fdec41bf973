// Any bytes as a picture, decoded to RGB and to planes, and read by the parser of JPEG headers.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "image/jpeg_blocks.hpp"
#include "image/jpeg_header.hpp"
#include "support.hpp"
#include "yolofleet/image.hpp"
#include "yolofleet/planes.hpp"

namespace {

using yolofleet::fuzz::must;

constexpr std::int64_t kMostPixels = 4'000'000;

/// Without planes there is nothing to compare: the file isn't stored in them, or both refuse it.
void must_agree(const yolofleet::Result<yolofleet::Image>& rgb,
                const yolofleet::Result<yolofleet::Planes>& planes) {
  if (!planes) {
    const yolofleet::Error& error = planes.error();
    must(error.message.find("isn't stored in planes") != std::string::npos ||
         (!rgb && rgb.error().message == error.message));
    return;
  }
  must(rgb.has_value());
  const yolofleet::Image converted = yolofleet::to_rgb(planes->view());
  must(converted.width() == rgb->width() && converted.height() == rgb->height());
  must(std::ranges::equal(converted.pixels(), rgb->pixels()));
}

/// The parser of headers must tell the truth about each file that libjpeg decodes, and libjpeg must
/// decode each file whose blocks are all there: a device's decoder gives only those.
void must_have_true_header(std::span<const std::byte> file,
                           const yolofleet::Result<yolofleet::Planes>& planes) {
  const auto header = yolofleet::image::read_jpeg_header(file);
  if (!header || !yolofleet::image::end_of_scan(file, *header)) {
    return;
  }
  if (planes) {
    must(planes->width() == header->width && planes->height() == header->height);
    must(planes->format().subsampling == header->subsampling);
    must(planes->orientation() == header->orientation);
  } else if (std::int64_t{header->width} * header->height <= kMostPixels) {
    must(!yolofleet::image::has_all_blocks(file, *header));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const yolofleet::DecodeLimits limits{kMostPixels};
  const auto file = std::as_bytes(std::span<const std::uint8_t>(data, size));
  const auto image = yolofleet::Image::decode(file, limits);
  must(image ? image->pixels().size() == image->stride() * static_cast<std::size_t>(image->height())
             : !image.error().message.empty());
  const auto planes = yolofleet::Planes::decode(file, limits);
  must_agree(image, planes);
  must_have_true_header(file, planes);
  return 0;
}
