namespace Spud.Numerics;

/// <summary>How query rows that share keys are divided into register-blocked bodies. A row's bits do not depend on it.</summary>
internal static class RowBlocks
{
    /// <summary>Number of rows of the next body: up to six where there are 32 registers, else up to four.</summary>
    /// <param name="left">Number of rows left, at least 1.</param>
    public static int Next<T>(int left) where T : struct, ILanes<T>
    {
        if (T.Count == 16 && left is 6 or >= 9)
            return 6;

        return left == 5 ? 3 : Math.Min(left, 4);
    }
}
