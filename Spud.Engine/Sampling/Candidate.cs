namespace Spud.Sampling;

/// <summary>
/// A logit and its token id as one number, larger for the better token: the higher logit, and between equal ones the lower id.
/// The upper half orders like the float (sign-magnitude converted to two's complement; -0 counts as 0), the lower is the id's complement.
/// </summary>
internal static class Candidate
{
    /// <summary>Below every finite logit, above negative infinity.</summary>
    public static ulong LowestFinite => (ulong)Ordered(float.MinValue) << 32;

    public static ulong Key(float logit, int id) => ((ulong)Ordered(logit) << 32) | ~(uint)id;

    /// <summary>The smallest key of any token whose logit is at least the threshold.</summary>
    public static ulong AtLeast(double threshold)
    {
        float logit = (float)threshold;
        if (logit < threshold)
        {
            logit = float.BitIncrement(logit);
        }
        return (ulong)Ordered(logit) << 32;
    }

    public static int Id(ulong key) => (int)~(uint)key;

    public static float Logit(ulong key)
    {
        uint ordered = (uint)(key >> 32);
        return BitConverter.UInt32BitsToSingle(ordered ^ (((ordered >> 31) - 1) | 0x80000000));
    }

    // Branch-free, because signs are practically random: a positive number flips its sign bit, a negative one all bits.
    private static uint Ordered(float logit)
    {
        uint bits = BitConverter.SingleToUInt32Bits(logit + 0f);
        return bits ^ ((uint)((int)bits >> 31) | 0x80000000);
    }
}
