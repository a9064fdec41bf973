#pragma once

// Pictures for the tests of src/image: made in memory, by the formats' own libraries or by hand.

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "yolofleet/image.hpp"
#include "yolofleet/planes.hpp"

namespace yolofleet::image {

using File = std::vector<std::byte>;

/// Bytes from numbers.
File bytes(std::initializer_list<int> values);
File bytes(std::string_view text);
/// Appends.
void append(File& file, const File& more);
void append_little(File& file, std::uint32_t value, int count);
void append_big(File& file, std::uint32_t value, int count);

/// An RGB picture whose pixels come from `colour(x, y)` as 0xRRGGBB.
Image picture(int width, int height, const std::function<std::uint32_t(int, int)>& colour);

/// A picture with a different colour at each pixel, smooth enough for any codec.
Image gradient(int width, int height);

/// Red, green / blue, white quarters: no turn or mirroring leaves it as it is.
Image quarters(int width, int height);

/// The pixel of an RGB picture as 0xRRGGBB.
std::uint32_t pixel(const Image& image, int x, int y);

/// "rgbw" and such: the colours in the middle of the four quarters (top left, top right, bottom
/// left, bottom right), each the nearest of red, green, blue and white.
std::string quarters_of(const Image& image);

/// The largest difference of two bytes; 256 when the pictures differ in size.
int difference(const Image& a, const Image& b);

struct JpegOptions {
  int quality = 95;
  bool progressive = false;
  bool subsampled = false;  ///< 4:2:0 instead of 4:4:4
  /// Sampling factors of each component, across and down; empty: as `subsampled` says.
  std::vector<std::array<int, 2>> factors;
  bool rgb = false;          ///< with three components: stored as RGB
  int restart_interval = 0;  ///< in MCUs
  int components = 3;        ///< 1: grey, 3: YCbCr, 4: CMYK
  bool ycck = false;         ///< with four components: stored as YCCK
  bool adobe = true;         ///< with four components: with Adobe's marker
  bool many_scans = false;   ///< progressive in 190 scans
  bool arithmetic = false;   ///< arithmetic coding instead of Huffman's
  std::vector<File> app1;    ///< segments to go behind SOI
};
/// `image` as JPEG; with four components its bytes are those of C, M, Y with K = `black`.
File jpeg(const Image& image, const JpegOptions& options = {}, std::uint8_t black = 255);

struct PngOptions {
  int colour_type = 2;
  int bit_depth = 8;
  bool interlaced = false;
  std::vector<std::uint32_t> palette;  ///< 0xRRGGBB
  bool transparency = false;           ///< a tRNS chunk
  File exif;                           ///< an eXIf chunk
};
/// A PNG from its raw rows (as the format packs them, 16-bit values little endian).
File png(int width, int height, const std::vector<std::uint8_t>& rows, const PngOptions& options);
/// `image` as an 8-bit RGB PNG.
File png(const Image& image, const File& exif = {}, bool interlaced = false);
/// One chunk with its checksum.
File png_chunk(std::string_view type, const File& data);

/// `image` as WebP; `exif` not empty: in the extended container, with that chunk.
File webp(const Image& image, bool lossless, const File& exif = {});
/// An animated WebP with one frame.
File animated_webp(const Image& image);

/// A TIFF block with the orientation.
File exif_block(int orientation, bool big_endian);

/// The content of an APP1 segment with the orientation, for JPEG.
File exif_segment(int orientation, bool big_endian);

/// Why the file can't be decoded; of one that can, kInternal.
Error error_of(const File& file, const DecodeLimits& limits = {});

/// How Planes::decode and `to_rgb` differ from Image::decode for the file: in a byte, in an error.
/// Empty if they don't, or if the file isn't stored in planes.
std::string planes_against_rgb(const File& file, const DecodeLimits& limits = {});

}  // namespace yolofleet::image
