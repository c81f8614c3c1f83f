namespace Spud.Numerics;

/// <summary>GGML type numbers of the formats with dedicated kernels.</summary>
internal static class GgmlType
{
    public const int F32 = 0, F16 = 1, Q4_0 = 2, Q4_1 = 3, Q5_0 = 6, Q5_1 = 7, Q8_0 = 8;
    public const int Q4_K = 12, Q5_K = 13, Q6_K = 14, IQ4_NL = 20, BF16 = 30, MXFP4 = 39;
}
