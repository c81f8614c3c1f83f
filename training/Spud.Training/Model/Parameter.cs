namespace Spud.Training.Model;

/// <summary>One trained tensor.</summary>
/// <param name="Name">Its name in checkpoints.</param>
/// <param name="Deviation">Standard deviation of its initial values; 0 initialises them to 1.</param>
/// <param name="Decays">Whether weight decay applies.</param>
/// <param name="Shape">Row-major, [out, in].</param>
internal sealed record Parameter(string Name, double Deviation, bool Decays, params long[] Shape)
{
    /// <summary>Numbers in it.</summary>
    public long Count => Shape.Aggregate(1L, static (product, axis) => product * axis);
}
