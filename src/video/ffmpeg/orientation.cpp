#include "video/ffmpeg/orientation.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace yolofleet::video::ffmpeg {
namespace {

constexpr std::size_t kMatrixBytes = 9 * sizeof(std::int32_t);

/// FFmpeg has the stream's matrix in another place from 6.1 on.
const std::int32_t* matrix_of(const AVStream& stream) noexcept {
#if LIBAVFORMAT_VERSION_INT >= AV_VERSION_INT(60, 15, 100)
  const AVPacketSideData* const data =
      av_packet_side_data_get(stream.codecpar->coded_side_data, stream.codecpar->nb_coded_side_data,
                              AV_PKT_DATA_DISPLAYMATRIX);
  return data == nullptr || data->size < kMatrixBytes
             ? nullptr
             : reinterpret_cast<const std::int32_t*>(data->data);
#elif LIBAVFORMAT_VERSION_MAJOR >= 59
  std::size_t bytes = 0;
  const std::uint8_t* const data =
      av_stream_get_side_data(&stream, AV_PKT_DATA_DISPLAYMATRIX, &bytes);
  return bytes < kMatrixBytes ? nullptr : reinterpret_cast<const std::int32_t*>(data);
#else
  int bytes = 0;
  const std::uint8_t* const data =
      av_stream_get_side_data(&stream, AV_PKT_DATA_DISPLAYMATRIX, &bytes);
  return bytes < static_cast<int>(kMatrixBytes) ? nullptr
                                                : reinterpret_cast<const std::int32_t*>(data);
#endif
}

}  // namespace

int orientation_of(const std::int32_t* matrix) noexcept {
  // A point (x, y) is shown at (a x + c y, b x + d y).
  const std::int64_t a = matrix[0];
  const std::int64_t b = matrix[1];
  const std::int64_t c = matrix[3];
  const std::int64_t d = matrix[4];
  if (std::abs(a) + std::abs(d) >= std::abs(b) + std::abs(c)) {
    return a >= 0 ? (d >= 0 ? 1 : 4) : (d >= 0 ? 2 : 3);
  }
  return b >= 0 ? (c >= 0 ? 5 : 6) : (c >= 0 ? 8 : 7);
}

int orientation_of(const AVStream& stream) noexcept {
  const std::int32_t* const matrix = matrix_of(stream);
  return matrix == nullptr ? 1 : orientation_of(matrix);
}

int orientation_of(const AVFrame& frame, const AVStream& stream) noexcept {
  const AVFrameSideData* const own = av_frame_get_side_data(&frame, AV_FRAME_DATA_DISPLAYMATRIX);
  if (own != nullptr && own->size >= kMatrixBytes) {
    return orientation_of(reinterpret_cast<const std::int32_t*>(own->data));
  }
  return orientation_of(stream);
}

}  // namespace yolofleet::video::ffmpeg
