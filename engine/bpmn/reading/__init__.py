"""From uploaded bytes to the plain model: safe XML, Camunda's extensions, the schema, a killable
child."""
