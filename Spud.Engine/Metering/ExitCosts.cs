namespace Spud.Metering;

/// <summary>Costs of rows that leave early.</summary>
/// <param name="FirstLayer">The first layer after which rows may leave.</param>
/// <param name="Count">Number of such layers.</param>
/// <param name="Leave">Of one decision for one row.</param>
/// <param name="Finish">Of what is made of a row that left.</param>
/// <param name="Fills">Whether keys of rows that left are computed in later layers.</param>
internal sealed record ExitCosts(int FirstLayer, int Count, RowCost Leave, RowCost Finish, bool Fills);
