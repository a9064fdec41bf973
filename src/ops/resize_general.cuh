#pragma once

#include "ops/resize_source.cuh"

namespace yolofleet::ops {

/// Any picture, pixel by pixel.
struct GeneralSource {
  static constexpr PictureKind kKind = PictureKind::kGeneral;
  static constexpr int kPixelsAThread = 1;
  static constexpr int kInFlight = 1;
  static constexpr int kBlocksAMultiprocessor = 4;

  using Row = Tap;
  using Column = Tap;
  struct Loaded {
    image::Rgb pixels[2][2];  ///< by row and column
  };

  __device__ static Row row(const DevicePicture& /*picture*/, const Tap& tap) { return tap; }
  __device__ static Column column(const DevicePicture& /*picture*/, const Tap& tap) { return tap; }

  __device__ static Loaded load(const DevicePicture& picture, const Row& row,
                                const Column& column) {
    Loaded loaded;
#pragma unroll 1
    for (int i = 0; i < 4; ++i) {
      loaded.pixels[i / 2][i % 2] = pixel_at(picture, i % 2 == 0 ? column.first : column.second,
                                             i / 2 == 0 ? row.first : row.second);
    }
    return loaded;
  }

  template <int kPlanes>
  __device__ static TwoRows<kPlanes> colours(const DevicePicture& /*picture*/, const Row& /*row*/,
                                             const Loaded& loaded, const Column& /*column*/,
                                             float fraction) {
    const auto mixed = [&](const image::Rgb(&pixels)[2]) {
      return between(biased_colour<kPlanes>(pixels[0]), biased_colour<kPlanes>(pixels[1]),
                     fraction);
    };
    return {mixed(loaded.pixels[0]), mixed(loaded.pixels[1])};
  }

  __device__ static bool reversed(const DevicePicture& /*picture*/) {
    return false;
  }

 private:
  /// The samples of a plane.
  struct Samples {
    const std::uint8_t* begin;
    std::size_t stride;
    int bytes;  ///< of a sample
    int step;   ///< bytes from one sample to the next
    int drop;   ///< YcbcrToRgb::drop

    YOLOFLEET_HOST_DEVICE int operator()(int x, int y) const {
      const std::uint8_t* const at =
          begin + static_cast<std::size_t>(y) * stride + static_cast<std::size_t>(x) * step;
      return bytes == 1 ? at[0] : (at[0] | at[1] << 8) >> drop;  // may be at an odd address
    }
  };

  __device__ static Samples samples_of(const DevicePicture& picture, int plane) {
    return {picture.planes[plane], picture.strides[plane], picture.sample_bytes,
            plane == 0 ? picture.sample_bytes : picture.sample_bytes * picture.chroma_step,
            picture.to_rgb.drop};
  }

  /// The colour of a pixel of the picture as shown.
  __device__ static image::Rgb pixel_at(const DevicePicture& picture, int x, int y) {
    return picture.has_planes ? pixel_of_planes(picture, x, y) : pixel_of_pixels(picture, x, y);
  }

  __device__ static image::Rgb pixel_of_pixels(const DevicePicture& picture, int x, int y) {
    const std::uint8_t* const row =
        picture.planes[0] + static_cast<std::size_t>(y) * picture.strides[0];
    if (picture.format == PixelFormat::kGrey) {
      return {row[x], row[x], row[x]};
    }
    const std::uint8_t* const pixel = row + std::size_t{3} * x;
    const bool rgb = picture.format == PixelFormat::kRgb;
    return {pixel[rgb ? 0 : 2], pixel[1], pixel[rgb ? 2 : 0]};
  }

  __device__ static image::Rgb pixel_of_planes(const DevicePicture& picture, int shown_x,
                                               int shown_y) {
    // As image::orient.
    const int orientation = picture.orientation;
    const bool swapped = orientation >= 5;
    const int width = swapped ? picture.height : picture.width;
    const int height = swapped ? picture.width : picture.height;
    int x = swapped ? shown_y : shown_x;
    int y = swapped ? shown_x : shown_y;
    if (orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8) {
      x = width - 1 - x;
    }
    if (orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7) {
      y = height - 1 - y;
    }
    const int luma = samples_of(picture, 0)(x, y);
    const int zero = picture.to_rgb.chroma_zero;
    const image::ChromaSize size{picture.subsampling, picture.chroma_width, picture.chroma_height};
    const bool grey = picture.chroma_width == 0;
    return image::rgb_of(luma, grey ? zero : image::chroma_at(x, y, size, samples_of(picture, 1)),
                         grey ? zero : image::chroma_at(x, y, size, samples_of(picture, 2)),
                         picture.to_rgb);
  }
};

}  // namespace yolofleet::ops
