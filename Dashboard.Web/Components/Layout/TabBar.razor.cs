using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Layout;

/// <summary>The pages at the bottom of a phone's screen.</summary>
public sealed partial class TabBar : ComponentBase;
