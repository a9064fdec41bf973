// libcuda.so.1 of the driver without a GPU: what FFmpeg looks for in it. FFmpeg calls only some of
// these.

// NOLINTBEGIN(readability-identifier-naming): the names are NVIDIA's
extern "C" {

using Status = int;

Status cuDeviceGetAttribute(int* value, int /*attribute*/, int /*device*/);
Status cuDeviceGetAttribute(int* value, int /*attribute*/, int /*device*/) {
  *value = 256;  // FFmpeg asks for the alignment of textures
  return 0;
}

Status cuGetErrorName(Status status, const char** name);
Status cuGetErrorName(Status /*status*/, const char** name) {
  *name = "an error of the fake driver";
  return 0;
}

Status cuGetErrorString(Status status, const char** text);
Status cuGetErrorString(Status status, const char** text) {
  return cuGetErrorName(status, text);
}

#define DOES_NOTHING(name) \
  Status name();           \
  Status name() {          \
    return 0;              \
  }

DOES_NOTHING(cuInit)
DOES_NOTHING(cuDeviceGetCount)
DOES_NOTHING(cuDeviceGet)
DOES_NOTHING(cuDeviceGetName)
DOES_NOTHING(cuDeviceComputeCapability)
DOES_NOTHING(cuCtxCreate_v2)
DOES_NOTHING(cuCtxSetLimit)
DOES_NOTHING(cuCtxPushCurrent_v2)
DOES_NOTHING(cuCtxPopCurrent_v2)
DOES_NOTHING(cuCtxDestroy_v2)
DOES_NOTHING(cuCtxGetDevice)
DOES_NOTHING(cuMemAlloc_v2)
DOES_NOTHING(cuMemAllocPitch_v2)
DOES_NOTHING(cuMemAllocManaged)
DOES_NOTHING(cuMemsetD8Async)
DOES_NOTHING(cuMemFree_v2)
DOES_NOTHING(cuMemcpy)
DOES_NOTHING(cuMemcpyAsync)
DOES_NOTHING(cuMemcpy2D_v2)
DOES_NOTHING(cuMemcpy2DAsync_v2)
DOES_NOTHING(cuMemcpyHtoD_v2)
DOES_NOTHING(cuMemcpyHtoDAsync_v2)
DOES_NOTHING(cuMemcpyDtoH_v2)
DOES_NOTHING(cuMemcpyDtoHAsync_v2)
DOES_NOTHING(cuMemcpyDtoD_v2)
DOES_NOTHING(cuMemcpyDtoDAsync_v2)
DOES_NOTHING(cuDevicePrimaryCtxRetain)
DOES_NOTHING(cuDevicePrimaryCtxRelease)
DOES_NOTHING(cuDevicePrimaryCtxSetFlags)
DOES_NOTHING(cuDevicePrimaryCtxGetState)
DOES_NOTHING(cuDevicePrimaryCtxReset)
DOES_NOTHING(cuStreamCreate)
DOES_NOTHING(cuStreamQuery)
DOES_NOTHING(cuStreamSynchronize)
DOES_NOTHING(cuStreamDestroy_v2)
DOES_NOTHING(cuStreamAddCallback)
DOES_NOTHING(cuEventCreate)
DOES_NOTHING(cuEventDestroy_v2)
DOES_NOTHING(cuEventSynchronize)
DOES_NOTHING(cuEventQuery)
DOES_NOTHING(cuEventRecord)
DOES_NOTHING(cuLaunchKernel)
DOES_NOTHING(cuLinkCreate)
DOES_NOTHING(cuLinkAddData)
DOES_NOTHING(cuLinkComplete)
DOES_NOTHING(cuLinkDestroy)
DOES_NOTHING(cuModuleLoadData)
DOES_NOTHING(cuModuleUnload)
DOES_NOTHING(cuModuleGetFunction)
DOES_NOTHING(cuModuleGetGlobal)
DOES_NOTHING(cuTexObjectCreate)
DOES_NOTHING(cuTexObjectDestroy)
DOES_NOTHING(cuGLGetDevices_v2)
DOES_NOTHING(cuGraphicsGLRegisterImage)
DOES_NOTHING(cuGraphicsUnregisterResource)
DOES_NOTHING(cuGraphicsMapResources)
DOES_NOTHING(cuGraphicsUnmapResources)
DOES_NOTHING(cuGraphicsSubResourceGetMappedArray)
DOES_NOTHING(cuGraphicsResourceGetMappedPointer_v2)
DOES_NOTHING(cuArray3DCreate_v2)
DOES_NOTHING(cuArrayDestroy)

}  // extern "C"
// NOLINTEND(readability-identifier-naming)
