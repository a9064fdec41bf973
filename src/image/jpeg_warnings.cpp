#include "image/jpeg_warnings.hpp"
#include "image/jpeg_markers.hpp"

#include <jerror.h>

#include <algorithm>
#include <array>

namespace yolofleet::image {
namespace {

using Judge = bool (*)(const jpeg_decompress_struct& info, const jpeg_error_mgr& warning);

bool whole(const jpeg_decompress_struct& /*info*/, const jpeg_error_mgr& /*warning*/) {
  return true;
}

bool lost(const jpeg_decompress_struct& /*info*/, const jpeg_error_mgr& /*warning*/) {
  return false;
}

/// Cameras pad scans; and bytes after the last row of the declared height are no pixels of it.
/// Bytes before a restart marker, though, held pixels.
bool is_padding(const jpeg_decompress_struct& /*info*/, const jpeg_error_mgr& warning) {
  const int marker = warning.msg_parm.i[1];
  return !is_restart(marker);
}

/// The order of DC and AC scans doesn't matter, and `component_without_dc` tells whether DC came in
/// the end. All other cases are a repeated scan or one whose higher bits were never sent.
bool is_ac_before_dc(const jpeg_decompress_struct& info, const jpeg_error_mgr& warning) {
  return info.Ss > 0 && warning.msg_parm.i[1] == 0;
}

struct Rule {
  int code;
  Judge leaves_pixels_whole;
};

/// All warnings of libjpeg-turbo (its jerror.h).
constexpr std::array<Rule, 12> kRules{{
    // The colour space is guessed, as other readers guess it.
    {JWRN_ADOBE_XFORM, whole},
    // A value is out of range; the rest of the interval is left grey.
    {JWRN_ARITH_BAD_CODE, lost},
    // jpeg_read_icc_profile sends it, which isn't called; a colour profile isn't applied.
    {JWRN_BOGUS_ICC, whole},
    {JWRN_BOGUS_PROGRESSION, is_ac_before_dc},
    {JWRN_EXTRANEOUS_DATA, is_padding},
    // The scan is too short; libjpeg fills it up with zeros.
    {JWRN_HIT_MARKER, lost},
    // No such code; libjpeg takes a zero in its place.
    {JWRN_HUFF_BAD_CODE, lost},
    // The segment's layout is the same in all versions.
    {JWRN_JFIF_MAJOR, whole},
    // libjpeg's own data sources send it; the source of jpeg_decode.cpp notes the end by itself.
    {JWRN_JPEG_EOF, lost},
    // An interval is missing, or a restart marker has a wrong number; libjpeg skips or invents
    // intervals.
    {JWRN_MUST_RESYNC, lost},
    // A sequential scan always has all coefficients and all bits: the decoder ignores the numbers
    // Ss, Se, Ah and Al, which phones write as 0.
    {JWRN_NOT_SEQUENTIAL, whole},
    // A caller that reads more rows than there are; jpeg_decode.cpp doesn't.
    {JWRN_TOO_MUCH_DATA, whole},
}};

}  // namespace

bool leaves_pixels_whole(const jpeg_decompress_struct& info,
                         const jpeg_error_mgr& warning) noexcept {
  const auto* const rule = std::find_if(kRules.begin(), kRules.end(), [&](const Rule& each) {
    return each.code == warning.msg_code;
  });
  return rule != kRules.end() && rule->leaves_pixels_whole(info, warning);
}

int component_without_dc(const jpeg_decompress_struct& info) noexcept {
  if (info.progressive_mode == 0 || info.coef_bits == nullptr) {
    return -1;
  }
  for (int component = 0; component < info.num_components; ++component) {
    if (info.coef_bits[component][0] < 0) {
      return component;
    }
  }
  return -1;
}

}  // namespace yolofleet::image
