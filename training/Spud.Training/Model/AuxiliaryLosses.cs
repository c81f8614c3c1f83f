namespace Spud.Training.Model;

/// <summary>What the router's own losses weigh in the whole; each is averaged over layers.</summary>
/// <param name="Balance">Of using all experts equally.</param>
/// <param name="Z">Of small logits.</param>
internal readonly record struct AuxiliaryLosses(double Balance, double Z);
