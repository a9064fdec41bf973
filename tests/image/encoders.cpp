#include "image/pictures.hpp"

#include <cstdio>
// Needs what stands above it.
#include <jpeglib.h>
#include <spng.h>
#include <webp/encode.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <stdexcept>

namespace yolofleet::image {
namespace {

void require(bool holds, const char* what) {
  if (!holds) {
    throw std::runtime_error(what);
  }
}

/// A progressive script for YCbCr that sends each coefficient in a scan of its own: 190 scans.
std::vector<jpeg_scan_info> script_of_single_coefficients() {
  std::vector<jpeg_scan_info> scans;
  scans.push_back({3, {0, 1, 2, 0}, 0, 0, 0, 0});
  for (int component = 0; component < 3; ++component) {
    for (int band = 1; band < 64; ++band) {
      scans.push_back({1, {component, 0, 0, 0}, band, band, 0, 0});
    }
  }
  return scans;
}

void set_jpeg_options(jpeg_compress_struct& info, const JpegOptions& options) {
  jpeg_set_quality(&info, options.quality, TRUE);
  if (options.components == 3 && !options.subsampled) {
    info.comp_info[0].h_samp_factor = 1;
    info.comp_info[0].v_samp_factor = 1;
  }
  if (options.rgb) {
    jpeg_set_colorspace(&info, JCS_RGB);
  }
  for (std::size_t i = 0; i < options.factors.size(); ++i) {
    info.comp_info[i].h_samp_factor = options.factors[i][0];
    info.comp_info[i].v_samp_factor = options.factors[i][1];
  }
  if (options.components == 4) {
    jpeg_set_colorspace(&info, options.ycck ? JCS_YCCK : JCS_CMYK);
    info.write_Adobe_marker = static_cast<boolean>(options.adobe);
  }
  info.arith_code = static_cast<boolean>(options.arithmetic);
  info.restart_interval = static_cast<unsigned>(options.restart_interval);
  if (options.progressive) {
    jpeg_simple_progression(&info);
  }
}

void write_rows(jpeg_compress_struct& info, const Image& image, std::uint8_t black) {
  std::vector<std::uint8_t> row;
  while (info.next_scanline < info.image_height) {
    row.clear();
    for (int x = 0; x < image.width(); ++x) {
      const std::uint32_t rgb = pixel(image, x, static_cast<int>(info.next_scanline));
      row.push_back(static_cast<std::uint8_t>(rgb >> 16));
      if (info.input_components > 1) {
        row.push_back(static_cast<std::uint8_t>(rgb >> 8));
        row.push_back(static_cast<std::uint8_t>(rgb));
      }
      if (info.input_components == 4) {
        row.push_back(black);
      }
    }
    JSAMPROW rows = row.data();
    jpeg_write_scanlines(&info, &rows, 1);
  }
}

std::uint32_t checksum(const File& data) {
  std::uint32_t crc = 0xFFFFFFFF;
  for (const std::byte byte : data) {
    crc ^= std::to_integer<std::uint32_t>(byte);
    for (int bit = 0; bit < 8; ++bit) {
      crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xEDB88320 : 0);
    }
  }
  return ~crc;
}

File riff_chunk(std::string_view type, const File& data) {
  File chunk = bytes(type);
  append_little(chunk, static_cast<std::uint32_t>(data.size()), 4);
  append(chunk, data);
  if (data.size() % 2 != 0) {
    chunk.push_back(std::byte{0});
  }
  return chunk;
}

/// The extended container around what stands behind "RIFF....WEBP".
File extended_webp(const Image& image, int flags, const File& chunks) {
  File header = bytes({flags, 0, 0, 0});
  append_little(header, static_cast<std::uint32_t>(image.width() - 1), 3);
  append_little(header, static_cast<std::uint32_t>(image.height() - 1), 3);
  File content = bytes("WEBP");
  append(content, riff_chunk("VP8X", header));
  append(content, chunks);
  return riff_chunk("RIFF", content);
}

}  // namespace

File jpeg(const Image& image, const JpegOptions& options, std::uint8_t black) {
  jpeg_compress_struct info{};
  jpeg_error_mgr errors{};
  info.err = jpeg_std_error(&errors);
  jpeg_create_compress(&info);
  unsigned char* encoded = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&info, &encoded, &size);
  info.image_width = static_cast<JDIMENSION>(image.width());
  info.image_height = static_cast<JDIMENSION>(image.height());
  info.input_components = options.components;
  info.in_color_space = options.components == 1   ? JCS_GRAYSCALE
                        : options.components == 3 ? JCS_RGB
                                                  : JCS_CMYK;
  jpeg_set_defaults(&info);
  set_jpeg_options(info, options);
  const std::vector<jpeg_scan_info> script = script_of_single_coefficients();
  if (options.many_scans) {
    info.scan_info = script.data();
    info.num_scans = static_cast<int>(script.size());
  }
  jpeg_start_compress(&info, TRUE);
  for (const File& segment : options.app1) {
    jpeg_write_marker(&info, JPEG_APP0 + 1, reinterpret_cast<const JOCTET*>(segment.data()),
                      static_cast<unsigned>(segment.size()));
  }
  write_rows(info, image, black);
  jpeg_finish_compress(&info);
  jpeg_destroy_compress(&info);
  const auto* first = reinterpret_cast<const std::byte*>(encoded);
  File file(first, first + size);
  std::free(encoded);
  return file;
}

File png(int width, int height, const std::vector<std::uint8_t>& rows, const PngOptions& options) {
  spng_ctx* context = spng_ctx_new(SPNG_CTX_ENCODER);
  spng_set_option(context, SPNG_ENCODE_TO_BUFFER, 1);
  spng_ihdr header{};
  header.width = static_cast<std::uint32_t>(width);
  header.height = static_cast<std::uint32_t>(height);
  header.bit_depth = static_cast<std::uint8_t>(options.bit_depth);
  header.color_type = static_cast<std::uint8_t>(options.colour_type);
  header.interlace_method = options.interlaced ? 1 : 0;
  require(spng_set_ihdr(context, &header) == 0, "header");
  if (!options.palette.empty()) {
    spng_plte palette{};
    palette.n_entries = static_cast<std::uint32_t>(options.palette.size());
    for (std::size_t i = 0; i < options.palette.size(); ++i) {
      palette.entries[i].red = static_cast<std::uint8_t>(options.palette[i] >> 16);
      palette.entries[i].green = static_cast<std::uint8_t>(options.palette[i] >> 8);
      palette.entries[i].blue = static_cast<std::uint8_t>(options.palette[i]);
    }
    require(spng_set_plte(context, &palette) == 0, "palette");
  }
  if (options.transparency) {
    spng_trns transparency{};  // colour 0, or no alpha at all for the first entry of a palette
    transparency.n_type3_entries = options.colour_type == 3 ? 1 : 0;
    require(spng_set_trns(context, &transparency) == 0, "transparency");
  }
  File block = options.exif;
  if (!block.empty()) {
    spng_exif exif{block.size(), reinterpret_cast<char*>(block.data())};
    require(spng_set_exif(context, &exif) == 0, "exif");
  }
  require(
      spng_encode_image(context, rows.data(), rows.size(), SPNG_FMT_PNG, SPNG_ENCODE_FINALIZE) == 0,
      "rows");
  std::size_t size = 0;
  int status = 0;
  void* encoded = spng_get_png_buffer(context, &size, &status);
  require(encoded != nullptr, "buffer");
  const auto* first = static_cast<const std::byte*>(encoded);
  File file(first, first + size);
  std::free(encoded);
  spng_ctx_free(context);
  return file;
}

File png(const Image& image, const File& exif, bool interlaced) {
  PngOptions options;
  options.exif = exif;
  options.interlaced = interlaced;
  return png(image.width(), image.height(), {image.pixels().begin(), image.pixels().end()},
             options);
}

File png_chunk(std::string_view type, const File& data) {
  File chunk;
  append_big(chunk, static_cast<std::uint32_t>(data.size()), 4);
  File summed = bytes(type);
  append(summed, data);
  append(chunk, summed);
  append_big(chunk, checksum(summed), 4);
  return chunk;
}

File webp(const Image& image, bool lossless, const File& exif) {
  std::uint8_t* encoded = nullptr;
  const int stride = static_cast<int>(image.stride());
  const std::size_t size = lossless ? WebPEncodeLosslessRGB(image.pixels().data(), image.width(),
                                                            image.height(), stride, &encoded)
                                    : WebPEncodeRGB(image.pixels().data(), image.width(),
                                                    image.height(), stride, 95, &encoded);
  const auto* first = reinterpret_cast<const std::byte*>(encoded);
  File file(first, first + size);
  WebPFree(encoded);
  if (exif.empty()) {
    return file;
  }
  File chunks(file.begin() + 12, file.end());
  append(chunks, riff_chunk("EXIF", exif));
  constexpr int kHasExif = 8;
  return extended_webp(image, kHasExif, chunks);
}

File animated_webp(const Image& image) {
  const File still = webp(image, true);
  File frame = bytes({0, 0, 0, 0, 0, 0});
  append_little(frame, static_cast<std::uint32_t>(image.width() - 1), 3);
  append_little(frame, static_cast<std::uint32_t>(image.height() - 1), 3);
  append(frame, bytes({100, 0, 0, 0}));
  frame.insert(frame.end(), still.begin() + 12, still.end());
  File chunks = riff_chunk("ANIM", bytes({0, 0, 0, 0, 0, 0}));
  append(chunks, riff_chunk("ANMF", frame));
  constexpr int kAnimated = 2;
  return extended_webp(image, kAnimated, chunks);
}

}  // namespace yolofleet::image
