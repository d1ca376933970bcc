"""Executes a query and says where one is wrong."""

from graphql import GraphQLField, GraphQLObjectType, GraphQLSchema, GraphQLString, graphql_sync


def use() -> object:
    query = GraphQLObjectType("Query", {"hello": GraphQLField(GraphQLString, resolve=lambda *_: "world")})
    schema = GraphQLSchema(query)
    assert graphql_sync(schema, "{ hello }").data == {"hello": "world"}
    assert "Cannot query field 'nope'" in graphql_sync(schema, "{ nope }").errors[0].message
    return schema
