namespace Spud.Metering;

/// <summary>A sum that a component counted for itself: shown as the plugin reports it, never billed.</summary>
/// <param name="Role">The component's role.</param>
/// <param name="Component">Its name, with plugin.</param>
/// <param name="Name">What it counts.</param>
/// <param name="Value">The sum over the request's committed steps.</param>
public sealed record ReportedFigure(string Role, string Component, string Name, double Value);
