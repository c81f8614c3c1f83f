namespace Spud.Training.Model;

/// <summary>Weights of the router's auxiliary losses; each is averaged over layers.</summary>
/// <param name="Balance">Weight of the balance loss.</param>
/// <param name="Z">Weight of the z-loss.</param>
internal readonly record struct AuxiliaryLosses(double Balance, double Z);
