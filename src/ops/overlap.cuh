#pragma once

#include <cuda_runtime_api.h>

/// The overlap of boxes, in device code: these compute what the functions of the same names in
/// nms_cpu.cpp compute.
namespace yolofleet::ops {

inline constexpr float kPlain = -1.0F;  ///< instead of an exponent: plain IoU

__device__ inline float common_length(float centre_a, float length_a, float centre_b,
                                      float length_b) {
  const float begin = fmaxf(centre_a - length_a / 2, centre_b - length_b / 2);
  const float end = fminf(centre_a + length_a / 2, centre_b + length_b / 2);
  return end - begin;
}

__device__ inline float covering_length(float centre_a, float length_a, float centre_b,
                                        float length_b) {
  const float begin = fminf(centre_a - length_a / 2, centre_b - length_b / 2);
  const float end = fmaxf(centre_a + length_a / 2, centre_b + length_b / 2);
  return end - begin;
}

/// Boxes are centre x, y, width, height.
__device__ inline float iou(const float4& a, const float4& b) {
  const float width = common_length(a.x, a.z, b.x, b.z);
  const float height = common_length(a.y, a.w, b.y, b.w);
  const float intersection = width < 0 || height < 0 ? 0 : width * height;
  const float union_area = a.z * a.w + b.z * b.w - intersection;
  return intersection == 0 || union_area == 0 ? 0 : intersection / union_area;
}

/// IoU where `beta` is kPlain, else IoU - (d^2 / c^2)^beta: `overlap` in nms.hpp.
__device__ inline float overlap(const float4& a, const float4& b, float beta) {
  const float plain = iou(a, b);
  if (beta < 0) {
    return plain;
  }
  const float width = covering_length(a.x, a.z, b.x, b.z);
  const float height = covering_length(a.y, a.w, b.y, b.w);
  const float diagonal = width * width + height * height;
  if (diagonal == 0) {
    return plain;
  }
  const float across = a.x - b.x;
  const float down = a.y - b.y;
  return plain - powf((across * across + down * down) / diagonal, beta);
}

}  // namespace yolofleet::ops
