namespace Scheduler.Market;

/// <summary>Arrays that are reused from call to call.</summary>
internal static class Scratch
{
    /// <summary>Makes an array at least so long; what it holds is kept.</summary>
    public static void Grow<T>(ref T[] array, int length)
    {
        if (array.Length < length)
            Array.Resize(ref array, Math.Max(length, 2 * array.Length));
    }
}
